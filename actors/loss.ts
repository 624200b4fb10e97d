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

/** Whether a job has waited for its start for longer than it may. */
export const hasExpired = (
  { slot, startedMs, state, dueMs, queueTimeoutMs }: Job,
  nowMs: number,
): boolean =>
  slot < 0 && startedMs === 0 && (state === "waiting" || state === "blocked") &&
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
