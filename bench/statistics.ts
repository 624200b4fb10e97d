/**
 * What is said about repeated measurements.
 *
 * @module
 */

/** A median with the interval that holds it with 95 % confidence. */
export interface Interval {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/** Middle value, the mean of the two middle ones where their number is even. NaN of nothing. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Value below which the share `ratio` of ascending `sorted` lies. */
export function quantile(sorted: ArrayLike<number>, ratio: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * ratio))] ?? NaN;
}

/** Resamples drawn for an interval. */
const resamples = 2_000;

/** Median of `values` with its bootstrap interval; the same values give the same interval. */
export function bootstrap(values: readonly number[]): Interval {
  const next = lehmer(values.length);
  const medians = Array.from(
    { length: resamples },
    () => median(values.map(() => values[Math.floor(next() * values.length)]!)),
  ).sort((a, b) => a - b);
  return { median: median(values), low: quantile(medians, 0.025), high: quantile(medians, 0.975) };
}

/** Each round's ratio of one side to the other; rounds that either side missed are left out. */
export function ratios(
  ours: readonly (number | undefined)[],
  theirs: readonly (number | undefined)[],
): number[] {
  return ours.map((value, round) => (value ?? NaN) / (theirs[round] ?? NaN)).filter(
    Number.isFinite,
  );
}

/** Rounds to `digits` significant ones, so that stored numbers can be read. */
export const rounded = (value: number, digits = 4): number => Number(value.toPrecision(digits));

/** Lehmer's generator: 0 <= x < 1. */
function lehmer(seed: number): () => number {
  let state = seed + 1;
  return () => (state = state * 48271 % 0x7fffffff) / 0x7fffffff;
}
