/**
 * Lists of jobs of a running service.
 *
 * @module
 */
import type { Command } from "commander";
import type { JobFilter, JobPage, JobView } from "../messages/job.ts";
import type { Control } from "./control.ts";
import { whole } from "./numbers.ts";

/** Jobs that one question asks for. */
const pageMost = 1_000;

/** Most jobs that one list has. */
export const listMost = 1_000_000;

/** Declares the flags that say which jobs, but for their state. */
export function declareFilter(command: Command): Command {
  return command
    .option("--task <name>", "of this task")
    .option("--operation <name>", "of this operation")
    .option("--key <scope:name>", "with this key")
    .option("--order <order>", "oldest or latest first (default: oldest)")
    .option("--after <id>", "those that come after this one")
    .option("--limit <n>", "at most so many (default: 50)", whole(1, listMost));
}

/** Jobs that fit, page by page; returns after which one there may be more. */
export async function* jobPages(
  control: Control,
  { limit = 50, after, ...filter }: JobFilter,
): AsyncGenerator<JobView, string | undefined> {
  let from = after;
  for (let left = limit; left > 0;) {
    const query = queryOf({
      ...filter,
      limit: Math.min(left, pageMost),
      ...(from && { after: from }),
    });
    const path = `/api/v1/jobs?${query}`;
    const { items, next } = await control.ask({ method: "GET", path }) as JobPage;
    yield* items;
    left -= items.length;
    from = next;
    if (next === undefined) break;
  }
  return from;
}

function queryOf({ state, task, operation, key, limit, order, after }: JobFilter): URLSearchParams {
  const all = { state, task, operation, key, limit, order, after };
  const given = Object.entries(all).filter(([, value]) => value !== undefined);
  return new URLSearchParams(given.map(([name, value]) => [name, String(value)]));
}
