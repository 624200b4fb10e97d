/**
 * `flyball retry ID...`: puts jobs of a running service that have ended back into the queue.
 *
 * @module
 */
import { Refusal } from "../actors/runtime.ts";
import type { JobView } from "../messages/job.ts";
import { complain } from "./complain.ts";
import { type Control, declareReach, openControl, type Reach } from "./control.ts";
import { exit, exitOf } from "./exit.ts";
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
export async function putBack(
  control: Control,
  ids: Iterable<string> | AsyncIterable<string>,
  json: boolean,
): Promise<number> {
  let code: number = exit.ok;
  for await (const id of ids) {
    try {
      const job = await control.ask({ method: "POST", path: `${pathOf(id)}/retry` }) as JobView;
      console.log(json ? JSON.stringify(job) : `${job.id} ${job.state}`);
    } catch (error) {
      // The others may be fine, unless the service is not.
      if (!(error instanceof Refusal) || exitOf(error) === exit.unavailable) throw error;
      code = complain(error);
    }
  }
  return code;
}
