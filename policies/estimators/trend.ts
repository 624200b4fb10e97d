/**
 * Is there a trend in a short series, and how steep is it? Both look at all pairs of values, so that
 * a few wild ones change nothing: up to 29 % of them may be anything.
 *
 * @module
 */

/**
 * Mann-Kendall: how far the ups outnumber the downs between all pairs, in standard deviations of a
 * series without a trend; 0 for fewer than two values.
 */
export function trend(values: readonly number[]): number {
  const ups = pairs(values, (early, late) => Math.sign(late - early))
    .reduce((sum, sign) => sum + sign, 0);
  return ups === 0 ? 0 : (ups - Math.sign(ups)) / deviation(values.length);
}

/** A rise for each step from one value to the next, and what it lies between. */
export interface Slope {
  readonly rise: number;
  /** Ends of the interval that holds the true rise with 95 %. */
  readonly low: number;
  readonly high: number;
}

/**
 * Theil-Sen: the median of the slopes between all pairs, with the interval of Sen (1968); null for
 * fewer than two values.
 */
export function slope(values: readonly number[]): Slope | null {
  const slopes = pairs(values, (early, late, steps) => (late - early) / steps)
    .sort((a, b) => a - b);
  const count = slopes.length;
  if (count === 0) return null;
  const reach = 1.96 * deviation(values.length);
  const at = (rank: number) => slopes[Math.max(0, Math.min(count - 1, rank))]!;
  return {
    rise: at(Math.floor(count / 2)),
    low: at(Math.floor((count - reach) / 2)),
    high: at(Math.ceil((count + reach) / 2)),
  };
}

/** Standard deviation of the sum of signs where there is no trend. */
const deviation = (count: number) => Math.sqrt(count * (count - 1) * (2 * count + 5) / 18);

function pairs(
  values: readonly number[],
  of: (early: number, late: number, steps: number) => number,
): number[] {
  return values.flatMap((early, i) =>
    values.slice(i + 1).map((late, steps) => of(early, late, steps + 1))
  );
}
