/**
 * The largest size of the pool: the host has room for more than it allows.
 *
 * @module
 */
import type { Fix, Sight } from "../../messages/diagnosis.ts";
import {
  count,
  fullness,
  isLate,
  jobsAt,
  jobsRun,
  jobsWait,
  outside,
  shareOf,
  type Suspect,
} from "./cause.ts";

const gates = [
  "position",
  "workers",
  "credit",
  "share",
  "running limit",
  "commands limit",
] as const;

/** Jobs wait for workers, and the pool may not have more of them. */
export const workers: Suspect = {
  name: "workers",
  examine(sight) {
    const { pool, oldestWaitMs } = sight;
    const wants = isLate(sight) ? shareOf(sight, ...gates) : 0;
    if (wants === 0 || pool.operator !== "auto") return null;
    const isAtCap = pool.ready + pool.starting >= pool.cap;
    const isAtMax = pool.max === null || pool.cap >= pool.max;
    const isAtRunning = jobsAt(sight, ["running limit", "commands limit"]) > 0;
    const jobs = jobsAt(sight, gates);
    // Without a bound in the way the pool is still growing: that passes.
    const bound = (isAtCap || isAtRunning) && sight.plateau === null ? 1 : .3;
    return {
      score: .9 * wants * bound * (1 - .8 * fullness(sight)),
      because: isAtCap
        ? `The pool has all of the ${pool.cap} workers it may have` +
          (isAtMax ? "" : `: ${pool.because}`)
        : isAtRunning
        ? `So many jobs run as may: ${pool.because}`
        : `The pool is growing: ${pool.because}`,
      evidence: [
        count("waitingJobs", jobs, `${jobsWait(jobs)} for workers`),
        count("workers", pool.ready, `${pool.ready} of at most ${pool.cap} workers are ready`),
        count("runningJobs", pool.running, jobsRun(pool.running)),
        count(
          "oldestWaitMs",
          oldestWaitMs,
          `the oldest waits ${(oldestWaitMs / 1_000).toFixed(1)} s`,
        ),
      ],
      fix: isAtCap && isAtMax
        ? more(sight, jobs)
        : outside("It grows by itself; flyball why says how far"),
    };
  },
};

/** Twice as many at most at a time, and no more than there are jobs for. */
function more({ pool }: Sight, jobs: number): Fix {
  const value = pool.cap + Math.max(1, Math.min(pool.cap, jobs));
  return {
    key: "pools.default.workers.max",
    value,
    because: "The host has room for more workers",
  };
}
