/**
 * `flyball dead`: the jobs of a running service that have used up their attempts, and the way back.
 *
 * @module
 */
import type { JobFilter } from "../messages/job.ts";
import { declareReach, openControl, type Reach } from "./control.ts";
import { exit } from "./exit.ts";
import { declareFilter, jobPages, listMost } from "./job_pages.ts";
import { printJobs } from "./jobs.ts";
import { putBack } from "./retry.ts";
import type { Verb } from "./verb.ts";

interface Flags extends Reach, Omit<JobFilter, "state"> {
  readonly retry?: boolean;
  readonly json?: boolean;
}

/** The verb `dead`. */
export const dead: Verb = {
  declare: (command) =>
    declareFilter(declareReach(command))
      .option("--retry", "put them back into the queue (all, unless --limit says otherwise)")
      .option("--json", "print each as a line of JSON"),
  run: async (command) => {
    const { retry = false, json = false, ...flags } = command.opts<Flags>();
    using control = await openControl(flags);
    if (!retry) {
      await printJobs(control, { ...flags, state: "dead" }, json);
      return exit.ok;
    }
    const list = jobPages(control, { limit: listMost, ...flags, state: "dead" });
    return await putBack(control, ids(list), json);
  },
};

async function* ids(jobs: ReturnType<typeof jobPages>): AsyncGenerator<string> {
  for await (const { id } of jobs) yield id;
}
