/**
 * Exponentially weighted means: one of samples, one of time. Plain data in, plain data out.
 *
 * @module
 */

/** A smoothed value and what it needs to go on. */
export interface Ewma {
  /** null until the first sample. */
  readonly value: number | null;
  /** Samples taken. */
  readonly count: number;
  /** When the last one was taken, monotonic ms; only {@link smoothOver} uses it. */
  readonly atMs: number | null;
}

/** Nothing measured yet. */
export const unmeasured: Ewma = Object.freeze({ value: null, count: 0, atMs: null });

/**
 * Takes one sample with the weight `weight` (0..1]; while there are few, each counts as much as the
 * ones before it (a plain mean), so that the first is not believed longer than it deserves.
 * A sample that is null or not finite changes nothing.
 */
export function smooth(ewma: Ewma, sample: number | null, weight: number): Ewma {
  if (sample === null || !Number.isFinite(sample)) return ewma;
  const count = ewma.count + 1;
  const value = ewma.value ?? sample;
  const share = Math.max(weight, 1 / count);
  return { value: value + share * (sample - value), count, atMs: ewma.atMs };
}

/**
 * Takes one sample that holds since the last one: after `halfLifeMs` an old value counts half,
 * however many samples came in between. A sample that is null or not finite, or a clock that ran
 * backwards, changes nothing.
 */
export function smoothOver(
  ewma: Ewma,
  sample: number | null,
  nowMs: number,
  halfLifeMs: number,
): Ewma {
  const elapsedMs = nowMs - (ewma.atMs ?? nowMs);
  if (sample === null || !Number.isFinite(sample) || !(elapsedMs >= 0)) return ewma;
  const value = ewma.value ?? sample;
  const share = 1 - 2 ** (-elapsedMs / halfLifeMs);
  return { value: value + share * (sample - value), count: ewma.count + 1, atMs: nowMs };
}
