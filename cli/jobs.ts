/**
 * `flyball jobs`: a list of the jobs of a running service.
 *
 * @module
 */
import { Option } from "commander";
import { moves } from "../machines/job.ts";
import type { JobFilter, JobView } from "../messages/job.ts";
import { timeText } from "./amounts.ts";
import { oneLine } from "./complain.ts";
import { type Control, declareReach, openControl, type Reach } from "./control.ts";
import { exit } from "./exit.ts";
import { declareFilter, jobPages } from "./job_pages.ts";
import { whatOf } from "./job_text.ts";
import { lookOfStdout, styleOf } from "./paint.ts";
import { type Column, type Row, table } from "./table.ts";
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

/** Jobs whose columns are made equally wide: as many as one question brings. */
const rowsMost = 1_000;

/** Prints a line for each job that fits. */
export async function printJobs(control: Control, filter: JobFilter, json: boolean): Promise<void> {
  const list = jobPages(control, filter);
  const look = lookOfStdout();
  let rows: Row[] = [];
  let printed = 0;
  const print = () => {
    const lines = table(columns, rows, { ...look, hasHead: printed === 0 });
    if (rows.length > 0) console.log(lines.join("\n"));
    printed += rows.length;
    rows = [];
  };
  let each = await list.next();
  for (; !each.done; each = await list.next()) {
    if (json) console.log(JSON.stringify(each.value));
    else if (rows.push(rowOf(each.value)) >= rowsMost) print();
  }
  if (!json) {
    print();
    if (printed === 0) console.log("no jobs");
  }
  if (each.value !== undefined) console.error(`flyball: there may be more: --after ${each.value}`);
}

const columns: readonly Column[] = [
  { name: "JOB" },
  { name: "STATE" },
  { name: "OPERATION" },
  { name: "ATTEMPT", isNumber: true },
  { name: "TOOK", isNumber: true },
  { name: "WHAT" },
];

function rowOf(job: JobView): Row {
  const { id, state, operation, attempt, outcome } = job;
  const message = outcome?.message === undefined ? "" : ` · ${oneLine(outcome.message)}`;
  return [
    id,
    [state, styleOf(state)],
    oneLine(operation),
    `${attempt}`,
    outcome === undefined ? "-" : timeText(outcome.durationMs),
    `${whatOf(job)}${message}`,
  ];
}
