/**
 * Whether jobs take less time than they did at first: the medians of both are compared, each
 * operation with itself, so that another mixture of operations is no gain and no loss. How sure that
 * is, a bootstrap tells; what its interval does not tell from nothing is called unproven.
 *
 * A median of `n` values drawn anew from them is the quantile at the median of `n` numbers 0..1. That
 * median is drawn at once (a beta distribution, by its normal approximation), so a thousand draws
 * cost the same for a hundred jobs and for a million.
 *
 * @module
 */
import type { Histogram } from "../estimators/histogram.ts";
import { quantileWithin } from "../estimators/histogram.ts";

/** Jobs of a side below which nothing is said. */
export const jobsMin = 20;
/** Times that both sides are drawn anew. */
const draws = 1_000;
/** Share of the draws that is left out below and above: an interval of 95 %. */
const tailRatio = .025;

/** The times of one operation, ms: as they were at first and as they are. */
export interface Sides {
  readonly baseline: Histogram;
  readonly current: Histogram;
}

/** What became of the time of jobs. */
export interface Gain {
  /** Share of the time that jobs take no more; negative: they take longer. */
  readonly gainRatio: number;
  /** Ends of the interval that holds it with 95 %. */
  readonly lowRatio: number;
  readonly highRatio: number;
  readonly verdict: "faster" | "slower" | "unproven";
}

/**
 * The gain of all `sides` together, each weighed by its jobs of now; those with too few jobs on a side
 * are left out, null where that are all. `chance` draws numbers 0..1.
 */
export function gainOf(all: readonly Sides[], chance: () => number): Gain | null {
  const sides = all.filter(({ baseline, current }) =>
    baseline.count >= jobsMin && current.count >= jobsMin
  );
  if (sides.length === 0) return null;
  const gainRatio = gainAt(sides, () => .5);
  const drawn = Float64Array.from(
    { length: draws },
    () => gainAt(sides, (count) => medianPlace(count, chance)),
  ).sort();
  const lowRatio = drawn[Math.floor(tailRatio * draws)]!;
  const highRatio = drawn[Math.ceil((1 - tailRatio) * draws) - 1]!;
  const verdict = lowRatio > 0 ? "faster" : highRatio < 0 ? "slower" : "unproven";
  return { gainRatio, lowRatio, highRatio, verdict };
}

/** The gain where the median of `count` values lies at `placeOf` it among them. */
function gainAt(sides: readonly Sides[], placeOf: (count: number) => number): number {
  let [before, after] = [0, 0];
  for (const { baseline, current } of sides) {
    before += current.count * quantileWithin(baseline, placeOf(baseline.count));
    after += current.count * quantileWithin(current, placeOf(current.count));
  }
  return before === 0 ? 0 : 1 - after / before;
}

/** Where the median of as many numbers 0..1 lies. */
function medianPlace(count: number, chance: () => number): number {
  const normal = Math.sqrt(-2 * Math.log(1 - chance())) * Math.cos(2 * Math.PI * chance());
  return Math.min(1, Math.max(0, .5 + normal / (2 * Math.sqrt(count + 2))));
}
