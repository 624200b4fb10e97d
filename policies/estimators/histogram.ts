/**
 * A distribution of times, however many there are. Every octave has 32 buckets, so a quantile is off
 * by at most 1/64 (1.6 %); two histograms are merged by adding their buckets. It has buckets for the
 * octaves between its smallest and its largest value: 256 bytes each, 10 KB at most.
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
/** Buckets of an octave. */
const octave = 32;
/** Shared by all that have no values. */
const noBuckets = new Float64Array(0);

/** The smallest value of bucket `index`. */
function edge(index: number): number {
  words[0] = 0;
  words[1] = (index + lowest) << 15;
  return double[0]!;
}

/** Counts of values by size; change it only with the functions of this module. */
export interface Histogram {
  /** Values in each bucket from number `first` on; those below 1 µs are only in `count`. */
  buckets: Float64Array;
  /** Number of the first of the buckets, counted from 1 µs up. */
  first: number;
  /** Values in `buckets`. */
  bucketed: number;
  /** Values taken. */
  count: number;
  /** Sum of the values. */
  sum: number;
  /** Smallest value; Infinity without values. */
  min: number;
  /** Largest value; 0 without values. */
  max: number;
}

/** An empty histogram. */
export function createHistogram(): Histogram {
  return { buckets: noBuckets, first: 0, bucketed: 0, count: 0, sum: 0, min: Infinity, max: 0 };
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
    const bucket = place(time) - lowest;
    const at = bucket - histogram.first;
    if (at >= 0 && at < histogram.buckets.length) histogram.buckets[at]! += times;
    else {
      widen(histogram, bucket, bucket + 1);
      histogram.buckets[bucket - histogram.first]! += times;
    }
    histogram.bucketed += times;
  }
  histogram.count += times;
  histogram.sum += time * times;
  if (time < histogram.min) histogram.min = time;
  if (time > histogram.max) histogram.max = time;
}

/** Makes room for buckets number `from` to `to`, by whole octaves. */
function widen(histogram: Histogram, from: number, to: number): void {
  const { buckets, first } = histogram;
  const isEmpty = buckets.length === 0;
  const low = Math.floor((isEmpty ? from : Math.min(first, from)) / octave) * octave;
  const high = Math.ceil((isEmpty ? to : Math.max(first + buckets.length, to)) / octave) * octave;
  histogram.buckets = new Float64Array(high - low);
  histogram.buckets.set(buckets, isEmpty ? 0 : first - low);
  histogram.first = low;
}

/**
 * The value that a share `q` (0..1) of all values don't exceed, by nearest rank; within 1.6 % of
 * the exact one, `q` = 1 exact. Null without values.
 */
export function quantile(histogram: Histogram, q: number): number | null {
  const { buckets, first, bucketed, count, max } = histogram;
  if (count === 0) return null;
  const rank = Math.max(1, Math.min(count, Math.ceil(q * count)));
  if (rank === count) return max;
  let below = count - bucketed;
  if (rank <= below) return 0;
  let at = -1;
  while (below < rank) below += buckets[++at]!;
  return Math.min(max, (edge(first + at) + edge(first + at + 1)) / 2);
}

/** How many values are larger than `value` (within 3.2 % of it). */
export const countAbove = (histogram: Histogram, value: number): number =>
  histogram.count - countTo(histogram, value);

/**
 * How many values are at most `limit`. Those of its bucket count whole, so values of up to 3.2 % more
 * may be among them.
 */
export function countTo({ buckets, first, bucketed, count }: Histogram, limit: number): number {
  if (limit < 0) return 0;
  const last = limit < least
    ? -1
    : Math.min(place(Math.min(limit, most)) - lowest - first, buckets.length - 1);
  let found = count - bucketed;
  for (let i = 0; i <= last; i++) found += buckets[i]!;
  return found;
}

/**
 * The same without steps, as if the values of a bucket lay at even distances in it: what is compared
 * with another quantile must not jump by 3 %. 0 without values.
 */
export function quantileWithin(histogram: Histogram, q: number): number {
  const { buckets, first, bucketed, count, min, max } = histogram;
  const rank = q * count - (count - bucketed);
  if (bucketed === 0 || rank <= 0) return count === 0 ? 0 : min;
  let [at, below] = [0, 0];
  while (at < buckets.length - 1 && below + buckets[at]! < rank) below += buckets[at++]!;
  const low = Math.max(min, edge(first + at));
  const high = Math.min(max, edge(first + at + 1));
  return low + (high - low) * Math.min(1, Math.max(0, (rank - below) / buckets[at]!));
}

/** Tells of all values, those of a bucket as its middle, and how often each was taken. */
export function eachValue(
  { buckets, first, bucketed, count }: Histogram,
  visit: (value: number, times: number) => void,
): void {
  if (count > bucketed) visit(0, count - bucketed);
  for (let i = 0; i < buckets.length; i++) {
    if (buckets[i]! > 0) visit((edge(first + i) + edge(first + i + 1)) / 2, buckets[i]!);
  }
}

/** Adds the values of `from` to `into`. */
export function merge(into: Histogram, from: Histogram): void {
  const { buckets, first } = from;
  if (buckets.length > 0) {
    if (first < into.first || first + buckets.length > into.first + into.buckets.length) {
      widen(into, first, first + buckets.length);
    }
    const shift = first - into.first;
    for (let i = 0; i < buckets.length; i++) into.buckets[shift + i]! += buckets[i]!;
  }
  into.bucketed += from.bucketed;
  into.count += from.count;
  into.sum += from.sum;
  into.min = Math.min(into.min, from.min);
  into.max = Math.max(into.max, from.max);
}

/** Forgets all values. */
export function reset(histogram: Histogram): void {
  Object.assign(histogram, createHistogram());
}

/**
 * A histogram as a list of numbers, for storage: count, sum, min, max, then the number of each bucket
 * that has values, and how many. Null without values.
 */
export function packHistogram(histogram: Histogram): readonly number[] | null {
  const { buckets, first, count, sum, min, max } = histogram;
  if (count === 0) return null;
  const packed = [count, sum, min, max];
  for (let i = 0; i < buckets.length; i++) if (buckets[i]! > 0) packed.push(first + i, buckets[i]!);
  return packed;
}

/** Adds the values of a packed histogram; what is none is left out. */
export function mergePacked(into: Histogram, packed: unknown): void {
  const isPacked = Array.isArray(packed) && packed.length >= 4 && packed.length % 2 === 0 &&
    packed.every((number) => typeof number === "number" && number >= 0);
  if (!isPacked) return;
  const [count, sum, min, max, ...pairs] = packed as [number, number, number, number, ...number[]];
  const last = pairs.at(-2) ?? 0;
  if (last > place(most) - lowest) return;
  const from = createHistogram();
  if (pairs.length > 0) widen(from, pairs[0]!, last + 1);
  for (let i = 0; i < pairs.length; i += 2) {
    from.buckets[pairs[i]! - from.first]! += pairs[i + 1]!;
    from.bucketed += pairs[i + 1]!;
  }
  merge(into, Object.assign(from, { count, sum, min, max }));
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
