/**
 * An operator has paused the pool or pinned its size.
 *
 * @module
 */
import {
  count,
  fullness,
  isLate,
  jobsRun,
  jobsWait,
  outside,
  type Suspect,
  waiting,
} from "./cause.ts";

/** Somebody wants it so. */
export const operator: Suspect = {
  name: "operator",
  examine(sight) {
    const { pool } = sight;
    const jobs = waiting(sight);
    if (pool.operator === "auto" || pool.operator === "pausedIn" || jobs === 0) return null;
    const isPaused = pool.operator === "paused" || pool.operator === "drained";
    const late = isLate(sight) ? 1 : .5;
    return {
      score: late * (isPaused ? 1 : .95 * (1 - .6 * fullness(sight))),
      because: isPaused
        ? `The operator has ${pool.operator} the pool`
        : `The operator has ${
          pool.operator === "pinned" ? "pinned the pool to" : "kept the pool at"
        } ${pool.cap} workers`,
      evidence: [
        count("waitingJobs", jobs, jobsWait(jobs)),
        count("runningJobs", pool.running, jobsRun(pool.running)),
      ],
      fix: outside(
        "Let it go on: flyball pool resume, or PATCH /api/v1/pools/default with " +
          (isPaused ? '{"paused":false}' : '{"pinned":false}'),
      ),
    };
  },
};
