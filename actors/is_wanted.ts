/**
 * Whether a job is one of those asked for.
 *
 * @module
 */
import type { JobFilter, JobSpec } from "../messages/job.ts";
import { operationOf } from "./job.ts";
import { keysOf } from "./turns/keys_of.ts";

/** Whether a job is one of those wanted, whatever its state. */
export function isWanted(
  spec: JobSpec,
  { task, operation, key }: Pick<JobFilter, "task" | "operation" | "key">,
): boolean {
  return (task === undefined || spec.task === task) &&
    (operation === undefined || operationOf(spec) === operation) &&
    (key === undefined || keysOf(spec)?.includes(key) === true);
}
