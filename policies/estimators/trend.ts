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
  const ups = values.reduce(
    (sum, early, i) =>
      values.slice(i + 1).reduce((ups, late) => ups + Math.sign(late - early), sum),
    0,
  );
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
 * Theil-Sen: the median of the slopes between all pairs, with the interval of Sen (1968); null where
 * there are none. Of values that repeat after `every` of them, such as days of a week, only those in
 * the same place are compared (Hirsch 1982). Unknown values are null.
 */
export function slope(values: readonly (number | null)[], every = 1): Slope | null {
  const slopes: number[] = [];
  for (let steps = every; steps < values.length; steps += every) {
    for (let i = steps; i < values.length; i++) {
      const [early, late] = [values[i - steps]!, values[i]!];
      if (early !== null && late !== null) slopes.push((late - early) / steps);
    }
  }
  const count = slopes.length;
  if (count === 0) return null;
  slopes.sort((a, b) => a - b);
  const places = Array.from(
    { length: every },
    (_, place) =>
      deviation(values.filter((value, i) => i % every === place && value !== null).length),
  );
  const reach = 1.96 * Math.hypot(...places);
  const at = (rank: number) => slopes[Math.max(0, Math.min(count - 1, rank))]!;
  return {
    rise: count % 2 === 1 ? at(count >> 1) : (at(count / 2 - 1) + at(count / 2)) / 2,
    low: at(Math.floor((count - reach) / 2)),
    high: at(Math.ceil((count + reach) / 2)),
  };
}

/** Standard deviation of the sum of signs where there is no trend. */
const deviation = (count: number) => Math.sqrt(count * (count - 1) * (2 * count + 5) / 18);
