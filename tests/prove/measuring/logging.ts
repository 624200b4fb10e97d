/**
 * A hundred thousand lines of the log a second, to a file that is rotated: nobody waits for them.
 *
 * @module
 */
import { once } from "../main_job/once.ts";
import { atMost, exactly, type Row } from "../row.ts";
import type { LogSide } from "./log_side.ts";
import { side } from "./side.ts";

/** How long lines are written, ms. */
const lastsMs = 20_000;

/** Rows of this part. */
export function logRows(quick: boolean): readonly Row[] {
  const forMs = quick ? 1_000 : lastsMs;
  const on = once(() => side<LogSide>("log_side.ts", "on", forMs));
  const off = once(() => side<LogSide>("log_side.ts", "off", forMs));
  const about = "100,000 lines of the log a second, to a file that is rotated";
  return [
    {
      line: `${about}: the loop is held, p99.9 of the turns with something to do`,
      run: async () => {
        const [with_, without] = [await on(), await off()];
        const ms = (value: number) => value.toFixed(2);
        const told = `longest ${ms(with_.longestMs)} ms; ${Math.round(with_.perS)} a second; ` +
          `without a log ${ms(without.holdMs)}, longest ${ms(without.longestMs)}`;
        return atMost(Number(ms(with_.holdMs)), 1, "ms", told);
      },
    },
    {
      line: `${about}: lines that find no room`,
      run: async () => exactly((await on()).dropped, 0, "lines"),
    },
  ];
}
