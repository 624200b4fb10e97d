/**
 * Looks for the size of the largest gain with few trials: doubling, then golden sections.
 *
 * @module
 */

/** A size and what it gets done. */
export interface Trial {
  readonly workers: number;
  /** Jobs that end in a second. */
  readonly perS: number;
}

/** Where the best size lies. Plain data. */
export interface Search {
  /** A size below it, the best one so far, and a size above it; null: not yet known. */
  readonly low: Trial | null;
  readonly middle: Trial | null;
  readonly high: Trial | null;
  /** The size to try next; 0: it is found. */
  readonly next: number;
  /** Sizes are at most this. */
  readonly most: number;
  /** What the best size that was tried gets done for each worker, jobs a second. */
  readonly eachPerS: number;
}

/** The part of the wider gap in which the next trial lies. */
const golden = .382;

/** Before the first trial. */
export function begin(most: number): Search {
  return { low: null, middle: null, high: null, next: 1, most: Math.max(1, most), eachPerS: 0 };
}

/** Whether there is nothing left to try. */
export const done = ({ next }: Search): boolean => next === 0;

/** The best size that was tried. */
export function best(search: Search, worthRatio: number): Trial {
  const tried = [search.low, search.middle, search.high].filter((trial) => trial !== null);
  const gain = gains(search.eachPerS, worthRatio);
  return tried.reduce((a, b) => gain(b) > gain(a) ? b : a);
}

/** With one more trial. */
export function narrowed(before: Search, trial: Trial, worthRatio: number): Search {
  const eachPerS = Math.max(before.eachPerS, trial.perS / Math.max(1, trial.workers));
  const search = { ...before, eachPerS };
  const { middle } = search;
  if (middle === null) return going({ ...search, middle: trial });
  const gain = gains(eachPerS, worthRatio);
  const isBetter = gain(trial) > gain(middle);
  const isAbove = trial.workers > middle.workers;
  if (isBetter) {
    return going(
      isAbove
        ? { ...search, low: middle, middle: trial }
        : { ...search, middle: trial, high: middle },
    );
  }
  return going(isAbove ? { ...search, high: trial } : { ...search, low: trial });
}

/** With the size to try next. */
function going(search: Search): Search {
  const { low, middle, high, most } = search;
  const at = middle!.workers;
  if (high === null) {
    if (at < most) return { ...search, next: Math.min(most, 2 * at) };
    return going({ ...search, high: { workers: most + 1, perS: 0 } });
  }
  const [below, above] = [at - (low?.workers ?? 0), high.workers - at];
  // Below 1 there is nothing to try.
  const belowMost = at - 1 - (low?.workers ?? 0);
  if (above > 1 && above >= below) {
    return { ...search, next: at + Math.max(1, Math.round(golden * above)) };
  }
  if (belowMost > 0) return { ...search, next: at - Math.max(1, Math.round(golden * below)) };
  return above > 1 ? { ...search, next: at + 1 } : { ...search, next: 0 };
}

/** What sizes bring: what they get done, less the price of their workers. */
const gains = (eachPerS: number, worthRatio: number) => ({ workers, perS }: Trial) =>
  perS - worthRatio * eachPerS * workers;
