/**
 * How the earlier attempts of a job ended: kept with it, and told with its ending.
 *
 * @module
 */
import type { FailedAttempt, Outcome } from "../messages/outcome.ts";
import type { Job } from "./job.ts";

/** Attempts that are remembered: the latest. */
const failuresMax = 5;
/** Characters of a message that are remembered. */
const charsMax = 500;

/** What is known of an attempt that failed. */
export type Failure = Pick<Outcome, "type" | "category" | "code" | "message"> & {
  readonly durationMs?: number;
};

/** Remembers how an attempt ended that another one follows. */
export function noteFailure(job: Job, attempt: number, failure: Failure, wallMs: number): void {
  const { type, category, code, message, durationMs = null } = failure;
  const failed: FailedAttempt = {
    attempt,
    endedAt: new Date(wallMs).toISOString(),
    type,
    ...(category !== undefined && { category }),
    ...(code !== undefined && { code }),
    ...(message !== undefined && { message: message.slice(0, charsMax).toWellFormed() }),
    durationMs,
  };
  job.failures = [...job.failures ?? [], failed].slice(-failuresMax);
}

/** An ending with the attempts before it, where there were any. */
export function withFailures({ failures }: Job, outcome: Outcome): Outcome {
  return failures === null ? outcome : { ...outcome, failures };
}
