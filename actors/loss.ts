/**
 * What becomes of a job whose worker has died under it.
 *
 * @module
 */
import type { Outcome } from "../messages/outcome.ts";
import { doom } from "./conclude.ts";
import type { Job } from "./job.ts";

/** Workers that may die with a job alone in them before it is called poison. */
const strikesMax = 3;

/** How a job ended that no worker could tell the end of. */
export type Verdict = Pick<Outcome, "type"> & Partial<Outcome>;

/**
 * The job's ending, or null when it is to be tried again. Alone in its worker, a job gets a strike;
 * among others it is a suspect that runs alone from now on, unless the `culprit` is known.
 */
export function judge(
  job: Job,
  { alone, culprit, because }: {
    readonly alone: boolean;
    readonly culprit: Job | null;
    readonly because: string;
  },
): Verdict | null {
  if (job.doomed !== null) return doom(job);
  if (job.spec.onLoss === "fail") return lost("lost", "worker_crashed", because);
  if (alone && culprit === null && ++job.strikes >= strikesMax) {
    const message = `Its worker died ${strikesMax} times with this job alone in it: ${because}`;
    return lost("dead", "poison", message);
  }
  job.suspect ||= culprit === null;
  job.attempt++;
  job.losses++;
  return null;
}

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

const lost = (type: "lost" | "dead", code: string, message: string): Verdict => ({
  type,
  category: "lost",
  code,
  message,
});
