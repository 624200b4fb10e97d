/**
 * Are tasks faster than they were? The last ones against the first ones.
 *
 * @module
 */

/** Sizes of a window. */
export interface WindowOptions {
  /** Latest times kept (AdaptiveWorkerPool: 100). */
  readonly size: number;
  /** First times whose mean is the baseline (AdaptiveWorkerPool: 50). */
  readonly baseline: number;
}

/** Times of tasks, in whatever unit they come; plain data. */
export interface PerformanceWindow extends WindowOptions {
  /** The latest times, oldest first, at most `size`. */
  readonly latest: readonly number[];
  /** Times taken, ever. */
  readonly count: number;
  /** Sum of the first `baseline` times; frozen once they are there. */
  readonly baselineSum: number;
}

/** An empty window. */
export function performanceWindow(
  { size, baseline }: WindowOptions = { size: 100, baseline: 50 },
): PerformanceWindow {
  return { size, baseline, latest: [], count: 0, baselineSum: 0 };
}

/** Takes one time. A time that is negative or not finite changes nothing. */
export function take(window: PerformanceWindow, time: number): PerformanceWindow {
  if (!(time >= 0 && time < Infinity)) return window;
  const { size, baseline, latest, count, baselineSum } = window;
  return {
    size,
    baseline,
    latest: [...latest.slice(latest.length < size ? 0 : 1), time],
    count: count + 1,
    baselineSum: count < baseline ? baselineSum + time : baselineSum,
  };
}

/** Mean of the latest times; null before the first. */
export function meanTime({ latest }: PerformanceWindow): number | null {
  if (latest.length === 0) return null;
  return latest.reduce((sum, time) => sum + time, 0) / latest.length;
}

/**
 * How much less time tasks take than at first, in percent: `(baseline - current) / baseline * 100`.
 * Positive is better. Null before the baseline is complete, or where it is 0.
 */
export function gainPercent(window: PerformanceWindow): number | null {
  const current = meanTime(window);
  if (current === null || window.count < window.baseline || window.baselineSum === 0) return null;
  const baseline = window.baselineSum / window.baseline;
  return (baseline - current) / baseline * 100;
}
