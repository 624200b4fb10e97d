/**
 * How well jobs did, by their counts.
 *
 * @module
 */
import { slope } from "../estimators/trend.ts";

/** Jobs of one kind that ended in a time. */
export interface Ends {
  readonly ended: number;
  readonly done: number;
  /** Of those done, the ones that somebody had taken in hand: redriven, limited or moved. */
  readonly handled: number;
  /** Not done, though nobody has cancelled them and nothing they waited for has failed. */
  readonly failures: number;
  /** Done after an attempt that was not. */
  readonly resolved: number;
  /** Those that were begun, and of them those with more than one attempt. */
  readonly begun: number;
  readonly retried: number;
}

/** The shares; null where nothing is known. */
export interface Quality {
  /** Done among all that ended. */
  readonly completionRatio: number | null;
  /** Done without anybody's help among all that ended. */
  readonly autonomousRatio: number | null;
  /** Done by another attempt among all of which an attempt has failed. */
  readonly resolvedRatio: number | null;
  /** Failures among those and what is done. */
  readonly errorRatio: number | null;
  /** Those with more than one attempt among all that were begun. */
  readonly retryRatio: number | null;
}

const ratio = (part: number, whole: number) => whole === 0 ? null : part / whole;

/** The shares of some counts. */
export const qualityOf = (ends: Ends): Quality => ({
  completionRatio: ratio(ends.done, ends.ended),
  autonomousRatio: ratio(ends.done - ends.handled, ends.ended),
  resolvedRatio: ratio(ends.resolved, ends.resolved + ends.failures),
  errorRatio: ratio(ends.failures, ends.done + ends.failures),
  retryRatio: ratio(ends.retried, ends.begun),
});

/** Parts of a time in which a share must be known before anything is said of its way. */
const knownMin = 4;

/**
 * Where a share goes over the parts of a time: the median of all slopes, and a way only where its
 * interval of 95 % does not hold 0. Null where too little is known.
 */
export function wayOf(ratios: readonly (number | null)[]): "rising" | "falling" | "steady" | null {
  if (ratios.filter((value) => value !== null).length < knownMin) return null;
  const { low, high } = slope(ratios)!;
  return low > 0 ? "rising" : high < 0 ? "falling" : "steady";
}
