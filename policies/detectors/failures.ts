/**
 * Tells that too many jobs fail. Few jobs prove nothing: of two one may fail by chance, so the rate
 * counts that is exceeded for sure (the lower end of Wilson's interval of 95 %), and from a least
 * number of jobs on.
 *
 * @module
 */

/** What is half forgotten, ms. */
const halfLifeMs = 60_000;
/** Jobs without which nothing is said. */
const jobsMin = 20;
/** Share of failures that is surely exceeded when it is told, and that must be left for its end. */
const enterRatio = .05;
const leaveRatio = .025;
/** Deviations of an interval of 95 %. */
const reach = 1.96;

/** How jobs ended; plain data. */
export interface Failures {
  /** Ended and failed, what is old weighs less. */
  readonly jobs: number;
  readonly failed: number;
  /** When they were added last, monotonic ms. */
  readonly atMs: number;
  /** Too many fail, from the moment this is sure until they are clearly fewer. */
  readonly areMany: boolean;
}

/** Nothing ended yet. */
export const noFailures: Failures = Object.freeze({ jobs: 0, failed: 0, atMs: 0, areMany: false });

/** So many jobs ended until `nowMs`, and so many of them failed. */
export function takeEnded(
  before: Failures,
  { jobs, failed }: { readonly jobs: number; readonly failed: number },
  nowMs: number,
): Failures {
  const kept = 2 ** (-Math.max(0, nowMs - before.atMs) / halfLifeMs);
  const all = kept * before.jobs + jobs;
  const bad = kept * before.failed + failed;
  const isOver = all < 1 || bad / all < leaveRatio;
  const isSure = all >= jobsMin && surelyAbove(bad, all) > enterRatio;
  return { jobs: all, failed: bad, atMs: nowMs, areMany: before.areMany ? !isOver : isSure };
}

/** Wilson's interval: the least share that explains `failed` of `jobs`. */
function surelyAbove(failed: number, jobs: number): number {
  const share = failed / jobs;
  const square = reach ** 2 / jobs;
  const width = reach * Math.sqrt(share * (1 - share) / jobs + square / (4 * jobs));
  return (share + square / 2 - width) / (1 + square);
}
