/**
 * A distribution of times in 10 KB, however many there are. Every octave has 32 buckets, so a
 * quantile is off by at most 1/64 (1.6 %); two histograms are merged by adding their buckets.
 *
 * This is the one estimator that is changed in place: it takes a sample for every job.
 *
 * @module
 */
import type { Percentiles } from "../../messages/status.ts";

/** Smaller values are counted as 0: 1 µs in ms. */
const least = 1e-3;
/** Larger values are counted as this: 11 days in ms. */
const most = 1e9;

/**
 * The upper half of a double (the second word: every platform of Deno is little-endian) is the
 * sign, 11 bits of exponent and 20 of mantissa. Shifted by 15, the exponent and the leading 5 bits
 * of the mantissa are left, and these number the buckets in order, without a logarithm.
 */
const double = new Float64Array(1);
const words = new Uint32Array(double.buffer);

function place(value: number): number {
  double[0] = value;
  return words[1]! >>> 15;
}

const lowest = place(least);

/** The smallest value of bucket `index`. */
function edge(index: number): number {
  words[0] = 0;
  words[1] = (index + lowest) << 15;
  return double[0]!;
}

/** Counts of values by size; change it only with the functions of this module. */
export interface Histogram {
  /** Values in each bucket from 1 µs up; those below are only in `count`. */
  readonly buckets: Float64Array;
  /** Values in `buckets`. */
  bucketed: number;
  /** Values taken. */
  count: number;
  /** Sum of the values. */
  sum: number;
  /** Largest value; 0 without values. */
  max: number;
}

/** An empty histogram. */
export function createHistogram(): Histogram {
  const buckets = new Float64Array(place(most) - lowest + 1);
  return { buckets, bucketed: 0, count: 0, sum: 0, max: 0 };
}

/** Takes one value, ms. Negative ones count as 0 and infinite ones as the largest; NaN is ignored. */
export function record(histogram: Histogram, value: number): void {
  recordMany(histogram, value, 1);
}

/** Takes the same value `times` times. */
export function recordMany(histogram: Histogram, value: number, times: number): void {
  if (Number.isNaN(value)) return;
  const time = value > 0 ? (value < most ? value : most) : 0;
  if (time >= least) {
    histogram.buckets[place(time) - lowest]! += times;
    histogram.bucketed += times;
  }
  histogram.count += times;
  histogram.sum += time * times;
  if (time > histogram.max) histogram.max = time;
}

/**
 * The value that a share `q` (0..1) of all values don't exceed, by nearest rank; within 1.6 % of
 * the exact one, `q` = 1 exact. Null without values.
 */
export function quantile(histogram: Histogram, q: number): number | null {
  const { buckets, bucketed, count, max } = histogram;
  if (count === 0) return null;
  const rank = Math.max(1, Math.min(count, Math.ceil(q * count)));
  if (rank === count) return max;
  let below = count - bucketed;
  if (rank <= below) return 0;
  let index = -1;
  while (below < rank) below += buckets[++index]!;
  return Math.min(max, (edge(index) + edge(index + 1)) / 2);
}

/** Adds the values of `from` to `into`. */
export function merge(into: Histogram, from: Histogram): void {
  for (let i = 0; i < into.buckets.length; i++) into.buckets[i]! += from.buckets[i]!;
  into.bucketed += from.bucketed;
  into.count += from.count;
  into.sum += from.sum;
  into.max = Math.max(into.max, from.max);
}

/** Forgets all values. */
export function reset(histogram: Histogram): void {
  histogram.buckets.fill(0);
  histogram.bucketed =
    histogram.count =
    histogram.sum =
    histogram.max =
      0;
}

/** The percentiles people ask for. */
export function percentiles(histogram: Histogram): Percentiles {
  return {
    count: histogram.count,
    p50: quantile(histogram, .5),
    p90: quantile(histogram, .9),
    p95: quantile(histogram, .95),
    p99: quantile(histogram, .99),
    max: quantile(histogram, 1),
  };
}
