/**
 * How many waiting jobs are worth a worker.
 *
 * @module
 */
import { known } from "./blind.ts";

/**
 * A worker has to work so many times as long as it took to start: on a busy machine its start takes
 * the cores from those that work, and one that comes when the queue is gone was started for nothing.
 */
const startsWorth = 4;

/** Waiting jobs for each worker that the head's wait starts, a power of 2; 1 while unmeasured. */
export function queuePer(durationMs: number | null, startMs: number | null): number {
  if (!known(durationMs) || !known(startMs) || startMs === 0) return 1;
  const jobs = startsWorth * startMs / Math.max(durationMs, 1e-3);
  return Math.max(1, 2 ** Math.round(Math.log2(jobs)));
}
