/**
 * `flyball retry ID...`: puts jobs of a running service that have ended back into the queue.
 *
 * @module
 */
import { Refusal } from "../actors/runtime.ts";
import type { JobView } from "../messages/job.ts";
import { complain } from "./complain.ts";
import { declareReach, openControl, type Reach } from "./control.ts";
import { exit } from "./exit.ts";
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
    let code: number = exit.ok;
    for (const id of command.args) {
      try {
        const path = `/api/v1/jobs/${encodeURIComponent(id)}/retry`;
        const job = await control.ask({ method: "POST", path }) as JobView;
        console.log(flags.json ? JSON.stringify(job) : `${job.id} ${job.state}`);
      } catch (error) {
        // The others may be fine, unless there is nobody to ask.
        const isAboutJob = error instanceof Refusal && error.code !== "service_unreachable";
        if (!isAboutJob) throw error;
        code = complain(error);
      }
    }
    return code;
  },
};
