/**
 * Jobs that fail, and are tried again.
 *
 * @module
 */
import type { OperationSight } from "../../messages/diagnosis.ts";
import {
  count,
  isLate,
  jobsAt,
  jobsWait,
  outside,
  ramp,
  share,
  shareOf,
  type Suspect,
} from "./cause.ts";

/** Jobs that have to have ended for their share of failures to say something. */
const endedMin = 5;

/** Failures that are not told of by another cause: what ran out of time or memory has its own. */
function failing({ ended, failed, timedOut, outOfMemory }: OperationSight): number {
  if (ended < endedMin) return 0;
  return ramp((failed - timedOut - outOfMemory) / ended, .05, .5);
}

/** Most jobs of an operation fail. */
export const failures: Suspect = {
  name: "failures",
  examine(sight) {
    // What a breaker holds has been found already.
    const open = new Set(sight.breakers.map(({ name }) => name));
    const [worst] = sight.operations.filter(({ name }) => !open.has(`operation:${name}`))
      .sort((a, b) => failing(b) - failing(a));
    const bad = worst ? failing(worst) : 0;
    const held = isLate(sight) ? shareOf(sight, "retry") : 0;
    if (bad === 0 && held === 0) return null;
    const jobs = jobsAt(sight, ["retry"]);
    const ratio = worst && worst.ended > 0 ? worst.failed / worst.ended : null;
    return {
      score: Math.max(.55 * bad, .9 * held, bad > 0 ? .55 * bad + .4 * held : 0),
      because: worst && bad > 0
        ? `Jobs of ${worst.name} fail`
        : "Jobs fail and wait to be tried again",
      evidence: [
        ...(bad > 0 ? share("failureRatio", ratio, `of ${worst!.name} failed`) : []),
        ...(jobs > 0 ? [count("waitingJobs", jobs, `${jobsWait(jobs)} to be tried again`)] : []),
      ],
      fix: worst && bad > 0
        ? {
          key: `breakers.operation:${worst.name}.jobs`,
          value: "all",
          because:
            "A breaker holds them while most fail. See why they do: flyball jobs --state failed",
        }
        : outside("See why they fail: flyball jobs --state retrying"),
    };
  },
};
