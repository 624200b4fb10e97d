/**
 * Tells when jobs of an operation cost more than they used to: what one cost in the last half hour or
 * so, compared with the last week. Old costs count half after a while instead of falling out of a
 * window, so nothing but two sums is kept of each.
 *
 * @module
 */

/** After these times what was spent counts half: its mean age is 22 min and 5 days. */
const latelyHalfMs = 900_000;
const usualHalfMs = 3.5 * 86_400_000;
/** Jobs without which nothing is said, lately and before. */
const latelyMin = 20;
const usualMin = 200;
/** What is usual is not known after a shorter time. */
const watchedMinMs = 3_600_000;

/** Jobs and what they cost together; old ones count less. */
interface Sum {
  readonly jobs: number;
  readonly cost: number;
}

/** What is known of one operation; plain data. */
export interface Spending {
  /** Wall instants of the first jobs and of the latest, epoch ms. */
  readonly sinceAt: number;
  readonly at: number;
  readonly lately: Sum;
  readonly usual: Sum;
}

const nothing: Sum = { jobs: 0, cost: 0 };

/** Some jobs ended by `at` and cost so much together. */
export function spend(before: Spending | null, jobs: number, cost: number, at: number): Spending {
  const { sinceAt, lately, usual } = before ?? { sinceAt: at, lately: nothing, usual: nothing };
  const passedMs = Math.max(0, at - (before?.at ?? at));
  const add = (sum: Sum, halfMs: number): Sum => {
    const weight = 2 ** (-passedMs / halfMs);
    return { jobs: sum.jobs * weight + jobs, cost: sum.cost * weight + cost };
  };
  return { sinceAt, at, lately: add(lately, latelyHalfMs), usual: add(usual, usualHalfMs) };
}

/** How many times as much a job costs as it used to; null where too little is known. */
export function dearerBy({ sinceAt, at, lately, usual }: Spending): number | null {
  if (at - sinceAt < watchedMinMs || lately.jobs < latelyMin) return null;
  if (usual.jobs < usualMin || usual.cost <= 0) return null;
  return (lately.cost / lately.jobs) / (usual.cost / usual.jobs);
}
