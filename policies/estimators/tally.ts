/**
 * What ended within a window: how many jobs, how well, how long they ran. Plain data in, plain data
 * out.
 *
 * @module
 */
import type { Reading } from "../../messages/signals.ts";

/** Sums since the begin of a window. */
export interface Tally {
  /** When it began, monotonic ms; null: not yet. */
  readonly sinceMs: number | null;
  readonly finished: number;
  readonly failed: number;
  readonly timedOut: number;
  /** Sum of run times, ms. */
  readonly runMs: number;
  /** The most jobs that ran at once. */
  readonly running: number;
  /** The fewest that waited. */
  readonly queued: number;
  /** The fewest workers that were idle. */
  readonly idle: number;
}

/** An empty window. */
export const emptyTally: Tally = {
  sinceMs: null,
  finished: 0,
  failed: 0,
  timedOut: 0,
  runMs: 0,
  running: 0,
  queued: Number.MAX_SAFE_INTEGER,
  idle: Number.MAX_SAFE_INTEGER,
};

/** Takes in a reading. The first one only begins the window: what it counts was before. */
export function tally(sums: Tally, reading: Reading): Tally {
  const { nowMs, running, queued, idle } = reading;
  const first = sums.sinceMs === null;
  const finished = first ? 0 : counted(reading.finished);
  return {
    sinceMs: sums.sinceMs ?? nowMs,
    finished: sums.finished + finished,
    failed: sums.failed + (first ? 0 : counted(reading.failed)),
    timedOut: sums.timedOut + (first ? 0 : counted(reading.timedOut)),
    runMs: sums.runMs + finished * counted(reading.durationMs),
    running: Math.max(sums.running, counted(running)),
    queued: Math.min(sums.queued, counted(queued)),
    idle: Math.min(sums.idle, counted(idle)),
  };
}

/** The window that begins where this one ends. */
export function nextTally(nowMs: number): Tally {
  return { ...emptyTally, sinceMs: nowMs };
}

const counted = (value: number | null) =>
  value !== null && value > 0 && value < Infinity ? value : 0;
