/**
 * Limits of keys: how many jobs may run at once, what they may take, and thresholds of operations.
 *
 * @module
 */
import type { Fix, LimitSight, Sight } from "../../messages/diagnosis.ts";
import {
  count,
  fullness,
  growth,
  isLate,
  jobsAt,
  jobsWait,
  outside,
  shareOf,
  stalled,
  type Suspect,
} from "./cause.ts";

const gates = ["key", "rate", "threshold", "project"] as const;

/** Jobs wait because a limit says so. */
export const limit: Suspect = {
  name: "limit",
  examine(sight) {
    const idle = stalled(sight, "idle") > 0;
    const held = Math.max(shareOf(sight, ...gates), idle ? .95 : 0);
    if (held === 0) return null;
    const [limit] = [...sight.limits].filter(({ waiting }) => waiting > 0)
      .sort((a, b) => b.waiting - a.waiting);
    const jobs = jobsAt(sight, gates);
    return {
      // A limit that keeps a full host from more is a good one.
      score: held * (isLate(sight) ? 1 : .3) * (1 - .5 * fullness(sight)),
      because: limit
        ? `The limit ${limit.pattern} holds ${jobs} jobs`
        : jobs === 0
        ? "Jobs wait beside idle workers: only so many may run"
        : `Limits hold ${jobs} jobs`,
      evidence: [
        ...growth(sight),
        count("waitingJobs", jobs, `${jobsWait(jobs)} for limits`),
        ...(limit ? [count("runningJobs", limit.running, `${limit.running} of its jobs run`)] : []),
      ],
      fix: limit ? fixOf(limit, sight) : outsideOf(sight),
    };
  },
};

function fixOf({ pattern, each, keys, rates }: LimitSight, sight: Sight): Fix {
  const byRate = jobsAt(sight, ["rate"]) > jobsAt(sight, ["key"]);
  const [unit] = Object.keys(rates);
  if (byRate && unit !== undefined) {
    return {
      key: `limits.${pattern}.rates.${unit}.rate`,
      value: null,
      because: `It is ${rates[unit]}: set it to what those who are called allow`,
    };
  }
  const name = each !== null ? "each" : "keys";
  const now = each ?? keys;
  return {
    key: `limits.${pattern}.${name}`,
    value: now === null ? null : 2 * now,
    because: `It is ${now ?? "not set"}: the host has room for more`,
  };
}

const outsideOf = (sight: Sight): Fix =>
  jobsAt(sight, ["project"]) > 0
    ? { key: "limits.project:*.keys", value: null, because: "So many projects have a run at once" }
    : outside("See which with: flyball status");
