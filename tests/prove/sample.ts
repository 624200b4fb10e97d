/**
 * How proofs turn many tries into one number.
 *
 * @module
 */

import type { atMost, Measured } from "./row.ts";

/** Fewest tries that a percentile may be taken of. */
export const triesMin = 20;
/** Runs of each side that a ratio is taken of. */
export const runsDefault = 7;

/** The middle of some numbers; the mean of the two middle ones where there is none. */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError("Cannot take a median of nothing");
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** 95th percentile by nearest rank; refuses fewer than {@link triesMin} tries. */
export function p95(values: readonly number[]): number {
  if (values.length < triesMin) {
    throw new RangeError(`Cannot take a p95 of ${values.length} tries: at least ${triesMin}`);
  }
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.ceil(0.95 * sorted.length) - 1]!;
}

/** Takes a measure `tries` times, one after another. */
export async function repeat(
  take: (attempt: number) => Promise<number>,
  tries = triesMin,
): Promise<number[]> {
  const values: number[] = [];
  for (let attempt = 1; attempt <= tries; attempt++) values.push(await take(attempt));
  return values;
}

/** Two sides of a ratio, each a way of taking its number once. */
export interface Interleaved {
  readonly ours: () => Promise<number>;
  readonly theirs: () => Promise<number>;
  /** Default {@link runsDefault}. */
  readonly runs?: number;
}

/**
 * Median of `ours / theirs` over runs that take turns, so that what the machine does meanwhile
 * falls on both; who goes first alternates.
 */
export async function medianRatio(
  { ours, theirs, runs = runsDefault }: Interleaved,
): Promise<{ readonly ratio: number; readonly ratios: readonly number[] }> {
  const ratios: number[] = [];
  for (let run = 0; run < runs; run++) {
    if (run % 2 === 0) {
      const mine = await ours();
      ratios.push(mine / await theirs());
    } else {
      const other = await theirs();
      ratios.push(await ours() / other);
    }
  }
  return { ratio: median(ratios), ratios };
}

/** What the median of `ratios` says: `keeps` (`atMost`, `atLeast`) compares it with `limit`. */
export function ratio(
  keeps: typeof atMost,
  limit: number,
  ratios: readonly number[],
): Measured {
  const told = ratios.map((one) => one.toFixed(2)).join(" ");
  return keeps(median(ratios), limit, "x", `median of ${told}`);
}
