/**
 * What becomes of a job whose worker has died under it.
 *
 * @module
 */
import type { Outcome } from "../messages/outcome.ts";
import { doom, type Verdict } from "./doom.ts";
import type { Death } from "./exit.ts";
import type { Job } from "./job.ts";

/** Workers that may die with a job alone in them before it is called poison. */
const strikesMax = 3;
/** Times that a job may be tried again after its worker's or its own heap was full. */
const oomRetries = 1;

/** False for a job that has run out of memory and may not try again because of that. */
export const oomAgain = (job: Job, { category }: Pick<Outcome, "category">): boolean =>
  category !== "oom" || job.ooms++ < oomRetries;

/**
 * The job's ending, or null when it is to be tried again. Alone in its worker, a job gets a strike;
 * among others it is a suspect that runs alone from now on, unless the `culprit` is known.
 */
export function judge(
  job: Job,
  { alone, culprit, death }: {
    readonly alone: boolean;
    readonly culprit: Job | null;
    readonly death: Death;
  },
): Verdict | null {
  const { cause: { category, code }, because, ours } = death;
  if (job.doomed !== null) return doom(job);
  if (job.spec.onLoss === "fail") {
    const told = category === "oom" ? category : "lost";
    return { type: "lost", category: told, code, message: because };
  }
  if (culprit === null && !ours) {
    if (category === "oom" && job.ooms++ >= oomRetries && alone) {
      return { type: "failed", category, code, message: `Its worker's heap was full: ${because}` };
    }
    if (alone && code === "no_result") {
      const message = "Ended its process without a result: a task returns, it does not exit";
      return { type: "failed", category, code, message };
    }
    if (alone && ++job.strikes >= strikesMax) {
      const message = `Its worker died ${strikesMax} times with this job alone in it: ${because}`;
      return { type: "dead", category: "lost", code: "poison", message };
    }
    job.suspect = true;
  }
  job.attempt++;
  job.losses++;
  return null;
}

/** How an attempt ended that the service did not outlive. */
export const outlived = {
  type: "lost",
  category: "lost",
  code: "service_died",
  message: "The service died while it ran",
} as const satisfies Verdict;

/**
 * The ending of a job that was begun when the service died, or null when it is to be tried again.
 * It gets a strike where it was the only one, or had been there at an earlier death.
 */
export function judgeOutlived(job: Job, alone: boolean): Verdict | null {
  if (job.spec.onLoss === "fail") return outlived;
  if ((alone || job.deaths > 1) && ++job.strikes >= strikesMax) {
    const message = `The service died ${job.deaths} times while it ran: it may be what it dies of`;
    return { type: "dead", category: "lost", code: "poison", message };
  }
  job.attempt++;
  job.losses++;
  return null;
}

/**
 * Whether a job has waited for its start for longer than it may. One whose acceptance is not safe
 * yet has not: an ending comes after it.
 */
export const hasExpired = (
  { admitted, slot, begun, state, dueMs, queueTimeoutMs }: Job,
  nowMs: number,
): boolean =>
  admitted && slot < 0 && !begun &&
  (state === "waiting" || state === "blocked") &&
  nowMs >= dueMs + (queueTimeoutMs || Infinity);

/** The ending of a job that was not begun in time. */
export const expired = (queueTimeoutMs: number): Verdict => ({
  type: "expired",
  category: "timeout",
  code: "queue_timeout",
  message: `Was not begun within queueTimeoutMs (${queueTimeoutMs})`,
});

/** The ending of a job whose acceptance could not be stored. */
export const unstored = (because: string): Verdict => ({
  type: "failed",
  category: "internal",
  code: "storage_full",
  message: `Could not be stored: ${because}`,
});
