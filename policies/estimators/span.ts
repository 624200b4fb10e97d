/**
 * How a pool does, summed up in spans of 5 to 60 s: long enough for four jobs one after another, and
 * for two starts of a worker.
 *
 * @module
 */
import type { Reading } from "../../messages/signals.ts";
import type { Measured } from "../verdict.ts";
import { known } from "../scaling/blind.ts";

/** Shortest and longest span, ms, and how many run times of a job and starts of a worker one lasts. */
const spanLeastMs = 5_000;
const spanMostMs = 60_000;
const spanJobs = 4;
const spanStarts = 2;
/** A look counts for no longer than this, ms: who was not asked for a while has not seen it. */
const lookMostMs = 10_000;

/** Sums up readings; plain numbers that are changed in place, as one comes four times a second. */
export class Spans {
  #sinceMs: number | null = null;
  #atMs = 0;
  #lengthMs = spanLeastMs;
  #sums = zeroes();

  /** Number of the span under way, from 0. */
  index = 0;

  /** Takes a reading; returns the span that it ends. */
  look(reading: Reading): Measured | null {
    const { nowMs } = reading;
    if (this.#sinceMs === null) {
      this.#sinceMs = this.#atMs = nowMs;
      return null;
    }
    const sums = this.#sums;
    const heldMs = Math.min(Math.max(0, nowMs - this.#atMs), lookMostMs);
    this.#atMs = nowMs;
    sums.looks++;
    sums.heldMs += heldMs;
    sums.workers += heldMs * reading.workers;
    sums.busy += heldMs * Math.max(0, reading.workers - reading.idle);
    sums.wait += heldMs * reading.oldestWaitMs;
    sums.waits += reading.oldestWaitMs;
    sums.waits2 += reading.oldestWaitMs ** 2;
    if (reading.queued > 0) sums.backlogMs += heldMs;
    sums.arrivals += reading.arrivals;
    sums.finished += reading.finished;
    if (reading.finished > 0 && known(reading.durationMs)) {
      sums.durations += reading.finished * reading.durationMs;
    }
    add(sums.cpu, reading.cpuRatio, heldMs);
    add(sums.memory, reading.memoryRatio, heldMs);
    add(sums.starved, reading.workerStarvedRatio, heldMs);
    if (nowMs - this.#sinceMs < this.#lengthMs || sums.heldMs === 0) return null;
    const span = measured(sums, nowMs - this.#sinceMs);
    this.#sums = zeroes();
    this.#sinceMs = nowMs;
    this.index++;
    const jobsMs = spanJobs * (span.durationMs ?? 0);
    const startsMs = spanStarts * (reading.startP95Ms ?? 0);
    this.#lengthMs = Math.min(Math.max(spanLeastMs, jobsMs, startsMs), spanMostMs);
    return span;
  }
}

const zeroes = () => ({
  ...{ looks: 0, heldMs: 0, workers: 0, busy: 0, wait: 0, waits: 0, waits2: 0, backlogMs: 0 },
  ...{ arrivals: 0, finished: 0, durations: 0 },
  cpu: { sum: 0, ms: 0 },
  memory: { sum: 0, ms: 0 },
  starved: { sum: 0, ms: 0 },
});

function add(mean: { sum: number; ms: number }, value: number | null, heldMs: number): void {
  if (!known(value)) return;
  mean.sum += value * heldMs;
  mean.ms += heldMs;
}

function measured(sums: ReturnType<typeof zeroes>, spanMs: number): Measured {
  const { looks, heldMs, arrivals, finished } = sums;
  const mean = ({ sum, ms }: { sum: number; ms: number }) => ms === 0 ? null : sum / ms;
  const variance = Math.max(0, sums.waits2 / looks - (sums.waits / looks) ** 2);
  return {
    spanMs,
    workers: sums.workers / heldMs,
    waitMs: sums.wait / heldMs,
    // Looks follow so soon upon each other that only one in four tells anything new.
    waitErrorMs: Math.sqrt(variance / Math.max(1, looks / 4)),
    arrivals,
    finished,
    arrivalsPerS: arrivals * 1_000 / spanMs,
    finishedPerS: finished * 1_000 / spanMs,
    busyRatio: sums.workers === 0 ? 0 : sums.busy / sums.workers,
    backlogRatio: sums.backlogMs / heldMs,
    durationMs: finished === 0 ? null : sums.durations / finished,
    cpuRatio: mean(sums.cpu),
    memoryRatio: mean(sums.memory),
    starvedRatio: mean(sums.starved),
  };
}
