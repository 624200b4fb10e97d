/**
 * Which of several waiting jobs takes the free memory.
 *
 * @module
 */

/** The first waiting job of an operation. */
export interface Waiting {
  /** Its class, 0 is served first. */
  readonly rank: number;
  /** Memory it needs. */
  readonly bytes: number;
  /** Whether it fits into what is free. */
  readonly fits: boolean;
  /** Jobs of its operation that run. */
  readonly running: number;
  /** Jobs that went ahead of it since it stood first. */
  readonly passed: number;
  /** Since when it waits, monotonic ms. */
  readonly sinceMs: number;
}

/** Jobs that may go ahead of one that stands first in its operation. */
export const passedMax = 64;
/** Jobs that need a smaller share of the budget all count as small. */
const smallRatio = 1 / 64;

/**
 * The index of the job to begin next; null when it is right that none begins.
 *
 * Of those that fit: the better class, then the operation that has less running (so that no
 * operation takes more than its share), then the larger (small ones find room later), then who has
 * waited longer. Two kinds are waited for rather than passed: one that {@link passedMax} others
 * went ahead of, and the largest of the best class as long as its operation has nothing running.
 */
export function nextToPack(waiting: readonly Waiting[], budgetBytes: number): number | null {
  const small = budgetBytes * smallRatio;
  let best: Waiting | null = null;
  let largest: Waiting | null = null;
  let due: Waiting | null = null;
  for (const one of waiting) {
    if (one.passed >= passedMax && (due === null || earlier(one, due))) due = one;
    if (largest === null || heavier(one, largest, small)) largest = one;
    if (one.fits && (best === null || before(one, best, small))) best = one;
  }
  if (due !== null) return due.fits ? waiting.indexOf(due) : null;
  if (largest === null || best === null) return null;
  const owed = largest.running === 0 && largest.bytes >= small && !largest.fits;
  return owed ? null : waiting.indexOf(best);
}

const earlier = (one: Waiting, other: Waiting): boolean =>
  (one.rank - other.rank || one.sinceMs - other.sinceMs) < 0;

const heavier = (one: Waiting, other: Waiting, small: number): boolean =>
  (one.rank - other.rank || size(other, small) - size(one, small)) < 0;

const before = (one: Waiting, other: Waiting, small: number): boolean =>
  (one.rank - other.rank || one.running - other.running ||
    size(other, small) - size(one, small) || one.sinceMs - other.sinceMs) < 0;

const size = ({ bytes }: Waiting, small: number) => bytes < small ? 0 : bytes;
