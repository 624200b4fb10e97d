/**
 * `flyball top`: a running service, live, on the whole screen.
 *
 * @module
 */
import { Refusal } from "../actors/runtime.ts";
import { type Control, declareReach, openControl, type Reach } from "./control.ts";
import { exit } from "./exit.ts";
import { duration } from "./numbers.ts";
import { lookOfStdout, paintFor } from "./paint.ts";
import { takeTerminal } from "./terminal.ts";
import { topFrame } from "./top_frame.ts";
import { lookAround } from "./top_sight.ts";
import { watchTop } from "./top_watch.ts";
import type { Verb } from "./verb.ts";

interface Flags extends Reach {
  /** Milliseconds. */
  readonly every: number;
  readonly pool: string;
  readonly once?: boolean;
  readonly json?: boolean;
}

/** Looks are at least so far apart, ms. */
const everyMsMin = 100;

/** The verb `top`. */
export const top: Verb = {
  declare: (command) =>
    declareReach(command)
      .option("--every <duration>", "time between two looks (default: 1s)", duration, 1_000)
      .option("--pool <name>", "which pool is shown first", "default")
      .option("--once", "print one frame and end, as without a terminal")
      .option("--json", "print what is seen now as JSON and end"),
  run: async (command) => {
    const { every, pool, once, json, ...reach } = command.opts<Flags>();
    if (every < everyMsMin) {
      throw new Refusal("usage", `--every expected ${everyMsMin} ms at least, given ${every} ms`);
    }
    using control = await openControl(reach);
    const isLive = Deno.stdin.isTerminal() && Deno.stdout.isTerminal() && !once && !json;
    if (!isLive) return await printOnce(control, pool, json ?? false);
    // Before the screen is taken: who is not there at first is told of in a line.
    const first = await lookAround(control);
    const paint = paintFor(Deno.stdout);
    using terminal = takeTerminal();
    return await watchTop(control, { terminal, first, everyMs: every, pool, paint });
  },
};

async function printOnce(control: Control, pool: string, json: boolean): Promise<number> {
  const sight = await lookAround(control);
  if (json) {
    console.log(JSON.stringify(sight));
    return exit.ok;
  }
  const { pending, size } = sight.status;
  const view = { sight, pending: [pending], workers: [size], pool, notice: "" };
  const { width, paint } = lookOfStdout();
  const columns = Number.isFinite(width) ? width : 80;
  const lines = topFrame(view, { columns, rows: Infinity }, paint);
  console.log(lines.join("\n").trimEnd());
  return exit.ok;
}
