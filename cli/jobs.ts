/**
 * `flyball jobs`: a list of the jobs of a running service.
 *
 * @module
 */
import { Option } from "commander";
import { moves } from "../machines/job.ts";
import type { JobFilter } from "../messages/job.ts";
import { type Control, declareReach, openControl, type Reach } from "./control.ts";
import { exit } from "./exit.ts";
import { declareFilter, jobPages } from "./job_pages.ts";
import { jobLine } from "./job_text.ts";
import type { Verb } from "./verb.ts";

interface Flags extends Reach, JobFilter {
  readonly json?: boolean;
}

/** The verb `jobs`. */
export const jobs: Verb = {
  declare: (command) =>
    declareFilter(
      declareReach(command)
        .addOption(new Option("--state <state>", "where they stand").choices(Object.keys(moves))),
    ).option("--json", "print each as a line of JSON"),
  run: async (command) => {
    const flags = command.opts<Flags>();
    using control = await openControl(flags);
    await printJobs(control, flags, flags.json ?? false);
    return exit.ok;
  },
};

/** Prints a line for each job that fits. */
export async function printJobs(control: Control, filter: JobFilter, json: boolean): Promise<void> {
  const list = jobPages(control, filter);
  let each = await list.next();
  for (; !each.done; each = await list.next()) {
    console.log(json ? JSON.stringify(each.value) : jobLine(each.value));
  }
  if (each.value !== undefined) console.error(`flyball: there may be more: --after ${each.value}`);
}
