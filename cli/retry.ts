/**
 * `flyball retry ID...`: puts jobs of a running service that have ended back into the queue.
 *
 * @module
 */
import { type Control, declareReach, openControl, type Reach } from "./control.ts";
import { eachJob } from "./each_job.ts";
import { pathOf } from "./follow.ts";
import type { Verb } from "./verb.ts";

interface Flags extends Reach {
  readonly json?: boolean;
}

/** The verb `retry`. */
export const retry: Verb = {
  declare: (command) =>
    declareReach(command.argument("<ids...>", "ids of jobs that have ended and are not done"))
      .option("--json", "print JSON, one job a line"),
  run: async (command) => {
    const flags = command.opts<Flags>();
    using control = await openControl(flags);
    return await putBack(control, command.args, flags.json ?? false);
  },
};

/** Puts jobs back one by one and prints each; the exit code is that of the last one refused. */
export function putBack(
  control: Control,
  ids: Iterable<string> | AsyncIterable<string>,
  json: boolean,
): Promise<number> {
  return eachJob(ids, json, (id) => control.ask({ method: "POST", path: `${pathOf(id)}/retry` }));
}
