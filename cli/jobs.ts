/**
 * `flyball jobs`: a list of the jobs of a running service.
 *
 * @module
 */
import { Option } from "commander";
import { moves } from "../machines/job.ts";
import type { JobPage, JobState } from "../messages/job.ts";
import { declareReach, openControl, type Reach } from "./control.ts";
import { exit } from "./exit.ts";
import { jobLine } from "./job_text.ts";
import { whole } from "./numbers.ts";
import type { Verb } from "./verb.ts";

/** Jobs that one question asks for. */
const pageMost = 1_000;

interface Flags extends Reach {
  readonly state?: JobState;
  readonly task?: string;
  readonly operation?: string;
  readonly key?: string;
  readonly after?: string;
  readonly limit: number;
  readonly json?: boolean;
}

/** The verb `jobs`. */
export const jobs: Verb = {
  declare: (command) =>
    declareReach(command)
      .addOption(new Option("--state <state>", "where they stand").choices(Object.keys(moves)))
      .option("--task <name>", "of this task")
      .option("--operation <name>", "of this operation")
      .option("--key <scope:name>", "with this key")
      .option("--after <id>", "accepted after this one")
      .option("--limit <n>", "at most so many", whole(1, 1_000_000), 50)
      .option("--json", "print each as a line of JSON"),
  run: async (command) => {
    const flags = command.opts<Flags>();
    using control = await openControl(flags);
    let { after } = flags;
    for (let left = flags.limit; left > 0;) {
      const path = `/api/v1/jobs?${queryOf({ ...flags, limit: Math.min(left, pageMost) }, after)}`;
      const { items, next } = await control.ask({ method: "GET", path }) as JobPage;
      for (const job of items) console.log(flags.json ? JSON.stringify(job) : jobLine(job));
      left -= items.length;
      after = next;
      if (next === undefined) return exit.ok;
    }
    if (after !== undefined) console.error(`flyball: there may be more: --after ${after}`);
    return exit.ok;
  },
};

function queryOf({ state, task, operation, key, limit }: Flags, after?: string): URLSearchParams {
  const all = { state, task, operation, key, limit, after };
  const given = Object.entries(all).filter(([, value]) => value !== undefined);
  return new URLSearchParams(given.map(([name, value]) => [name, String(value)]));
}
