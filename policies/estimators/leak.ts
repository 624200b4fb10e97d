/**
 * Tells a leak from noise: a worker's memory goes up and down with its work, so only its lowest
 * point of each minute counts, and only a rise that nearly all of the last twenty take part in.
 *
 * Mann-Kendall says whether there is a trend at all, Theil-Sen how steep it is. On sawtooth noise
 * none of 1,000 steady series is taken for a leak; a straight line through all readings takes 87 %.
 *
 * @module
 */
import { slope, trend } from "./trend.ts";

/** Readings before this age say how a worker warms up, ms. */
const warmUpMs = 300_000;
/** Of each stretch the lowest reading is kept, ms. */
const stretchMs = 60_000;
/** Lowest readings that are looked at. */
const minimaMax = 20;
/**
 * Certainty of a trend, in standard deviations. A worker is judged anew each minute: at 3.5, 9 steady
 * ones of 1,000 were taken for leaking within two hours, at 3.9 none.
 */
const certain = 3.9;
/** Slowest rise that is worth a new worker, bytes a minute. */
const risePerMinuteBytes = 31_457;

/** What is remembered of one worker's memory. */
export interface Leak {
  readonly sinceMs: number;
  /** Start of the present stretch, and the lowest reading in it. */
  readonly fromMs: number;
  readonly leastBytes: number;
  /** Lowest readings of the stretches before, oldest first. */
  readonly minima: readonly number[];
}

/** A worker that was first seen at `nowMs`. */
export const fresh = (nowMs: number): Leak => ({
  sinceMs: nowMs,
  fromMs: nowMs + warmUpMs,
  leastBytes: Infinity,
  minima: [],
});

/** Takes a reading. */
export function watchLeak(leak: Leak, bytes: number, nowMs: number): Leak {
  if (nowMs < leak.fromMs || !Number.isFinite(bytes)) return leak;
  if (nowMs < leak.fromMs + stretchMs) {
    return bytes < leak.leastBytes ? { ...leak, leastBytes: bytes } : leak;
  }
  const minima = leak.leastBytes === Infinity
    ? leak.minima
    : [...leak.minima, leak.leastBytes].slice(-minimaMax);
  return { ...leak, fromMs: nowMs, leastBytes: bytes, minima };
}

/** Bytes a minute by which it grows; null as long as that is not certain or not worth a word. */
export function leaking({ minima }: Leak): number | null {
  if (minima.length < minimaMax || trend(minima) <= certain) return null;
  const rise = slope(minima)!.rise * 60_000 / stretchMs;
  return rise > risePerMinuteBytes ? rise : null;
}
