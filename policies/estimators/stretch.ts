/**
 * What a pool did for some seconds, for those who hold it against another such time: plain data.
 *
 * @module
 */
import type { Reading } from "../../messages/signals.ts";
import { known } from "../scaling/blind.ts";

/** Sums since a look. */
export interface Sums {
  readonly sinceMs: number;
  readonly atMs: number;
  /** Jobs that lay with the pool at first. */
  readonly openAtFirst: number;
  readonly workerMs: number;
  readonly busyMs: number;
  readonly runningMs: number;
  /** Time in which jobs waited, and the wait of the oldest, over that time. */
  readonly queuedMs: number;
  readonly waitMs2: number;
  readonly finished: number;
  readonly runMs: number;
}

/** A time that is over. */
export interface Stretch {
  readonly spanMs: number;
  /** Ready workers, and those of them that had jobs, in the mean. */
  readonly workers: number;
  readonly busy: number;
  /** Jobs that ran, in the mean. */
  readonly running: number;
  /** Jobs that ended, and how many of them in a second. */
  readonly finished: number;
  readonly perS: number;
  /** Mean run time of those; null: none ended. */
  readonly durationMs: number | null;
  /** How long the longest waiting job had waited, in the mean. */
  readonly waitMs: number;
  /** Share of the time in which jobs waited. */
  readonly backlogRatio: number;
  /** Jobs that came to the pool and have not ended: by so many there are more. */
  readonly risen: number;
}

/** Nothing yet. */
export const sumsFrom = (reading: Reading): Sums => ({
  sinceMs: reading.nowMs,
  atMs: reading.nowMs,
  openAtFirst: openOf(reading),
  ...{ workerMs: 0, busyMs: 0, runningMs: 0, queuedMs: 0, waitMs2: 0, finished: 0, runMs: 0 },
});

/** Takes a look. */
export function add(sums: Sums, reading: Reading): Sums {
  const { nowMs, workers, idle, queued, oldestWaitMs, finished, durationMs } = reading;
  const heldMs = Math.max(0, nowMs - sums.atMs);
  return {
    sinceMs: sums.sinceMs,
    atMs: nowMs,
    openAtFirst: sums.openAtFirst,
    workerMs: sums.workerMs + heldMs * workers,
    busyMs: sums.busyMs + heldMs * Math.max(0, workers - idle),
    runningMs: sums.runningMs + heldMs * reading.running,
    queuedMs: sums.queuedMs + (queued > 0 ? heldMs : 0),
    waitMs2: sums.waitMs2 + heldMs * oldestWaitMs,
    finished: sums.finished + finished,
    runMs: sums.runMs + (finished > 0 && known(durationMs) ? finished * durationMs : 0),
  };
}

/** What came of it. */
export function stretchOf(sums: Sums, reading: Reading): Stretch {
  const { finished } = sums;
  const spanMs = Math.max(1, sums.atMs - sums.sinceMs);
  return {
    spanMs,
    workers: sums.workerMs / spanMs,
    busy: sums.busyMs / spanMs,
    running: sums.runningMs / spanMs,
    finished,
    perS: finished * 1_000 / spanMs,
    durationMs: finished === 0 ? null : sums.runMs / finished,
    waitMs: sums.waitMs2 / spanMs,
    backlogRatio: sums.queuedMs / spanMs,
    risen: openOf(reading) - sums.openAtFirst,
  };
}

/** By how much the rate of independent events varies, a second. */
export const errorOf = ({ finished, spanMs }: Pick<Stretch, "finished" | "spanMs">): number =>
  Math.sqrt(finished + 1) * 1_000 / spanMs;

const openOf = ({ queued, running }: Reading): number => queued + running;
