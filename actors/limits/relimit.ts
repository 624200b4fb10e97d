/**
 * Changes what a job may take, without starting it again.
 *
 * @module
 */
import type { Limits } from "../../messages/limits.ts";
import { type Job, jobId } from "../job.ts";
import { Refusal } from "../runtime.ts";
import type { Meters } from "./account.ts";
import type { OperationLimits } from "./operation_limits.ts";

/** Holds `job` to `asked` and to what its operation is held to; throws Refusal where it can't. */
export async function relimit(
  job: Job,
  asked: Limits,
  operations: OperationLimits,
  { meter, watch }: Meters,
): Promise<void> {
  const isTask = job.operation.grant.kind === "task";
  if (isTask && job.limits === null) {
    throw new Refusal(
      "limit_unavailable",
      `Cannot limit ${jobId(job.id)} as it may share its worker: it was accepted without limits`,
    );
  }
  const limits = job.limits = operations.within(job.spec, asked) ?? {};
  try {
    await (isTask ? watch.relimit(job) : meter.relimit(job, limits));
  } catch (error) {
    const because = error instanceof Error ? error.message : String(error);
    throw new Refusal("limit_unavailable", `Cannot hold ${jobId(job.id)} to it: ${because}`);
  }
}
