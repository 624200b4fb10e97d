/**
 * A hundred thousand lines of the log a second, to a file that is rotated: nobody waits for them.
 *
 * @module
 */
import { once } from "../main_job/once.ts";
import { atMost, exactly, type Row } from "../row.ts";
import { median } from "../sample.ts";
import type { LogSide } from "./log_side.ts";
import { side } from "./side.ts";

/** How long lines are written in each run, ms, and how many runs there are with and without a log. */
const lastsMs = 10_000;
const runsFull = 3;
/** Share of the turns of the loop that may be longer. */
const longerRatio = .001;

/** The same time with a log and without. */
interface Pair {
  readonly on: LogSide;
  readonly off: LogSide;
}

/** Pairs of runs, one after another; who goes first alternates. */
async function pairs(runs: number, forMs: number): Promise<readonly Pair[]> {
  const of = (which: "on" | "off") => side<LogSide>("log_side.ts", which, forMs);
  const found: Pair[] = [];
  for (let run = 0; run < runs; run++) {
    const [one, other] = run % 2 === 0 ? ["on", "off"] as const : ["off", "on"] as const;
    const sides = { [one]: await of(one), [other]: await of(other) };
    found.push(sides as unknown as Pair);
  }
  return found;
}

/** The turn that as many are longer than in each run as may be with a log, with it and without, ms. */
function holds({ on, off }: Pair): readonly [on: number, off: number] {
  const longer = Math.floor(longerRatio * on.turns);
  return [on.longestMs[longer] ?? 0, off.longestMs[longer] ?? 0];
}

/** Rows of this part. */
export function logRows(quick: boolean): readonly Row[] {
  const seen = once(() => pairs(quick ? 1 : runsFull, quick ? 1_000 : lastsMs));
  const about = "100,000 lines of the log a second, to a file that is rotated";
  return [
    {
      line: `${about}: how much longer they hold the loop than none, p99.9 of its turns`,
      run: async () => {
        const all = await seen();
        const told = all.map((pair) => {
          const [on, off] = holds(pair);
          return `${on.toFixed(2)} instead of ${off.toFixed(2)} ms`;
        });
        const perS = Math.round(median(all.map(({ on }) => on.perS)));
        const more = median(all.map((pair) => {
          const [on, off] = holds(pair);
          return Math.max(0, on - off);
        }));
        return atMost(Number(more.toFixed(2)), 1, "ms", `${told.join(", ")}; ${perS} a second`);
      },
    },
    {
      line: `${about}: lines that find no room`,
      run: async () => exactly(median((await seen()).map(({ on }) => on.dropped)), 0, "lines"),
    },
  ];
}
