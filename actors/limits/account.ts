/**
 * Puts what a job used into its outcome.
 *
 * @module
 */
import type { Outcome } from "../../messages/outcome.ts";
import type { Job } from "../job.ts";
import type { WorkerLink } from "../worker.ts";
import { type Meter, overLimit } from "./meter.ts";
import type { OperationWatch } from "./operation_watch.ts";
import { longMs, type Solo } from "./solo.ts";
import type { WorkerLevels } from "./worker_levels.ts";
import type { WorkerWatch } from "./worker_watch.ts";

/** Who looks at what jobs use. */
export interface Meters {
  readonly meter: Meter;
  readonly solo: Solo;
  readonly watch: WorkerWatch;
  readonly operations: OperationWatch;
  readonly workers: WorkerLevels;
}

/** The outcome of a job that has just ended in `link`, with what was measured of it. */
export function account(meters: Meters, link: WorkerLink, job: Job, outcome: Outcome): Outcome {
  const measured = measure(meters, link, job, outcome);
  meters.operations.ended(job, measured);
  return measured;
}

function measure(
  { meter, solo, watch }: Meters,
  link: WorkerLink,
  job: Job,
  outcome: Outcome,
): Outcome {
  if (job.operation.grant.kind === "command") {
    const { resources, oomKills } = meter.ended(link, job);
    const told = { ...outcome, resources };
    return oomKills > 0 && outcome.type === "failed" ? { ...told, ...oom(job) } : told;
  }
  if (job.limits !== null) watch.ended(link, job);
  if (outcome.durationMs < longMs) return outcome;
  const resources = solo.ended(link);
  return resources === null ? outcome : { ...outcome, resources };
}

/** The worker is gone: what its jobs were seen to use stays with them. */
export function accountGone(
  { meter, watch }: Pick<Meters, "meter" | "watch">,
  link: WorkerLink,
): void {
  if (link.grant.kind === "command") meter.gone(link);
  watch.gone(link);
}

const oom = ({ limits }: Job) => ({
  category: "oom" as const,
  code: "oom_cgroup",
  message: overLimit(null, limits?.memoryBytes ?? 0),
});
