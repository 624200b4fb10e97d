/**
 * How unevenly jobs arrive, and what must be spare for it. Within a minute arrivals that don't know of
 * each other vary as much as there are of them (a dispersion of 1); a swing of hours is no burst.
 * Changed in place, as it takes a count each second.
 *
 * @module
 */
import {
  createDecaying,
  type Decaying,
  decayingQuantile,
  takeDecaying,
} from "../estimators/decaying.ts";

/** Counts that are compared with each other. */
const blockCounts = 60;
/** What is half forgotten, ms: a week. */
const halfLifeMs = 7 * 86_400_000;
/** Busiest seconds that are left out of what must be spare: one in a thousand. */
const busiest = .999;

/** Arrivals by the second; change it only with {@link takeArrivals}. */
export interface Burst {
  /** Counts of the present block, their sum and the sum of their squares. */
  counts: number;
  sum: number;
  squares: number;
  /** Blocks before, and the sums of their variances and means; what is old weighs less. */
  blocks: number;
  variances: number;
  means: number;
  /** When the last of them ended, wall ms. */
  endedAt: number;
  /** How many arrive in a second; none counts as one. */
  readonly perSecond: Decaying;
}

/** How uneven arrivals are. */
export interface Unevenness {
  readonly meanPerS: number;
  /** In the busiest second of a thousand. */
  readonly peakPerS: number;
  /** How many times as many as in the mean. */
  readonly peakRatio: number;
  /** Variance of a second's arrivals by their mean, within minutes; 1 where nobody knows of others. */
  readonly dispersion: number;
}

/** Nothing seen yet. */
export const createBurst = (): Burst => ({
  counts: 0,
  sum: 0,
  squares: 0,
  blocks: 0,
  variances: 0,
  means: 0,
  endedAt: 0,
  perSecond: createDecaying(),
});

/**
 * So many arrived in the second that ended at the wall instant `at`. A count that is negative or not
 * finite is ignored.
 */
export function takeArrivals(burst: Burst, count: number, at: number): void {
  if (!(count >= 0 && count < Infinity)) return;
  takeDecaying(burst.perSecond, count, at, halfLifeMs);
  burst.counts++;
  burst.sum += count;
  burst.squares += count * count;
  if (burst.counts < blockCounts) return;
  const { counts, sum, squares, blocks } = burst;
  const kept = blocks === 0 ? 0 : 2 ** (-Math.max(0, at - burst.endedAt) / halfLifeMs);
  burst.variances = kept * burst.variances + (squares - sum * sum / counts) / (counts - 1);
  burst.means = kept * burst.means + sum / counts;
  burst.blocks = kept * blocks + 1;
  burst.endedAt = at;
  burst.counts = burst.sum = burst.squares = 0;
}

/** How uneven arrivals are; null before a minute of them, and where there are none. */
export function unevenness({ blocks, variances, means, perSecond }: Burst): Unevenness | null {
  if (means <= 0) return null;
  const meanPerS = means / blocks;
  const peakPerS = Math.max(meanPerS, decayingQuantile(perSecond, busiest)!);
  return { meanPerS, peakPerS, peakRatio: peakPerS / meanPerS, dispersion: variances / means };
}

/** Workers that the busiest second needs beyond the mean one, where a job takes `serviceMs` of one. */
export const spareWorkers = ({ meanPerS, peakPerS }: Unevenness, serviceMs: number): number =>
  Math.ceil((peakPerS - meanPerS) * serviceMs / 1_000);
