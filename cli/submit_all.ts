/**
 * What `flyball submit --job FILE` does with several jobs: `{ "jobs": [...] }`.
 *
 * @module
 */
import type { Accepted } from "../messages/job.ts";
import type { Control } from "./control.ts";
import { exit } from "./exit.ts";
import { follow } from "./follow.ts";
import { jobLine } from "./job_text.ts";

/** How they are told of. */
export interface TellOptions {
  /** How long to stay until they have ended; undefined: not at all. */
  readonly withinMs: number | undefined;
  readonly json: boolean;
}

/** Tells of accepted jobs, a line each, as they end or at once; fails unless all are done. */
export async function tellAll(
  control: Control,
  accepted: readonly Accepted[],
  { withinMs, json }: TellOptions,
): Promise<number> {
  if (withinMs === undefined) {
    for (const one of accepted) console.log(json ? JSON.stringify(one) : one.id);
    return exit.ok;
  }
  const untilMs = performance.now() + withinMs;
  const ended = await Promise.all(accepted.map(async ({ id }) => {
    const job = await follow(control, id, { withinMs: untilMs - performance.now() });
    console.log(json ? JSON.stringify(job) : jobLine(job));
    return job.state === "done";
  }));
  return ended.every(Boolean) ? exit.ok : exit.failed;
}
