/**
 * Memory: the host's, the control group's, or the budget that was given.
 *
 * @module
 */
import type { Fix, Sight } from "../../messages/diagnosis.ts";
import {
  count,
  isLate,
  jobsAt,
  jobsWait,
  megabytes,
  outside,
  ramp,
  share,
  shareOf,
  type Suspect,
  weightOf,
} from "./cause.ts";

/** Swapping so much in a second is felt, bytes: a disk is busy with it. */
const [swapFelt, swapBad] = [1e6, 2e7];

/** Memory is short. */
export const memory: Suspect = {
  name: "memory",
  examine(sight) {
    const { host, memory, operations } = sight;
    const ooms = operations.reduce((sum, { outOfMemory }) => sum + outOfMemory, 0);
    const ended = operations.reduce((sum, { ended }) => sum + ended, 0);
    const short = Math.max(
      ramp(host.memoryRatio, .85, .95),
      ramp(host.memoryPressureRatio, .05, .25),
      ramp(host.swapBytesPerS, swapFelt, swapBad),
      ended === 0 ? 0 : ramp(ooms / ended, .02, .2),
    );
    const held = isLate(sight) ? shareOf(sight, "memory") : 0;
    if (short === 0 && held === 0) return null;
    const jobs = jobsAt(sight, ["memory"]);
    const { budgetBytes, reservedBytes } = memory;
    return {
      score: Math.max(short * weightOf(sight, "memory", "retry"), held),
      because: short > 0 || !memory.isGiven
        ? "Memory is short"
        : `Jobs may have ${megabytes(budgetBytes ?? 0)} together, and they are reserved`,
      evidence: [
        ...share("memoryRatio", host.memoryRatio, "of memory is used"),
        ...share(
          "memoryPressureRatio",
          host.memoryPressureRatio,
          "of the time somebody waited for it",
        ),
        ...(jobs > 0 ? [count("waitingJobs", jobs, `${jobsWait(jobs)} for memory`)] : []),
        ...(jobs > 0 && budgetBytes !== null
          ? [count(
            "reservedBytes",
            reservedBytes,
            `${megabytes(reservedBytes)} of ${megabytes(budgetBytes)} are reserved`,
          )]
          : []),
        ...(ooms > 0 ? [count("outOfMemory", ooms, `${ooms} jobs ran out of memory`)] : []),
        ...(ramp(host.swapBytesPerS, swapFelt, swapBad) > 0
          ? [count(
            "swapBytesPerS",
            host.swapBytesPerS!,
            `${megabytes(host.swapBytesPerS!)}/s are swapped`,
          )]
          : []),
      ],
      fix: fixOf(sight, short),
    };
  },
};

/** More of it where it is not used; less at once where it is. */
function fixOf({ host, memory, pool }: Sight, short: number): Fix {
  const { budgetBytes, isGiven } = memory;
  if (short === 0 && isGiven && budgetBytes !== null && host.memoryAvailableBytes !== null) {
    const free = .9 * host.memoryAvailableBytes;
    return {
      key: "pools.default.memoryBytes",
      value: Math.floor(Math.max(1.25 * budgetBytes, Math.min(2 * budgetBytes, free))),
      because: `${megabytes(host.memoryAvailableBytes)} are free: jobs may have more of it`,
    };
  }
  if (short > 0 && pool.ready > 1) {
    return {
      key: "pools.default.workers.max",
      value: Math.max(1, Math.floor(.75 * pool.ready)),
      because: "Fewer workers leave more memory to each. More memory helps without that",
    };
  }
  return outside("More memory helps, or jobs that need less of it at once");
}
