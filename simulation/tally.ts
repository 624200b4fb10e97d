/**
 * What came of a simulated run.
 *
 * @module
 */
import { type Workload, workMs } from "./workload.ts";

/** One run in numbers. */
export interface Outcome {
  /** The policy and its options, as they were given. */
  readonly policy: string;
  /** Jobs of the workload. */
  readonly jobs: number;
  /** Wait for a start that half of the jobs did not exceed, ms. */
  readonly waitP50Ms: number;
  /** The same for 95 %. */
  readonly waitP95Ms: number;
  /** The same for 99 %. */
  readonly waitP99Ms: number;
  /** Mean wait, ms. */
  readonly waitMeanMs: number;
  /** Jobs that had to wait at all, of all. */
  readonly waitedPercent: number;
  /** Jobs that waited longer than they may, of all. */
  readonly latePercent: number;
  /** Life time of workers, from their start to their exit. */
  readonly workerSeconds: number;
  /** What the jobs take undisturbed. */
  readonly workSeconds: number;
  /** Workers started. */
  readonly starts: number;
  /** Times that the size of the pool changed. */
  readonly resizes: number;
  /** Envelopes adopted. */
  readonly decisions: number;
  /** Most workers at once. */
  readonly workersMost: number;
  /** Workers on average in each of 60 equal parts of the time in which jobs came. */
  readonly workersCurve: readonly number[];
  /**
   * Worker-seconds for each second of work, and a price for lateness: each late job costs as much as
   * a worker for `latePriceRuns` times the mean run time of a job. 1 is perfect.
   */
  readonly cost: number;
}

/** Counts while a run goes on. */
export class Tally {
  /** Of each job, ms; NaN until it was begun. */
  readonly waitsMs: Float64Array;
  starts = 0;
  resizes = 0;
  decisions = 0;
  workersMost = 0;
  ended = 0;
  #workers = 0;
  #workerMs = 0;
  readonly #fromMs: number;
  /** Life time of workers by parts of the span, ms. */
  readonly #partsMs = new Float64Array(curveParts);
  #atMs: number;
  readonly #workload: Workload;

  /** Counts from `fromMs` on. */
  constructor(workload: Workload, fromMs: number) {
    this.#workload = workload;
    this.#atMs = this.#fromMs = fromMs;
    this.waitsMs = new Float64Array(workload.atMs.length).fill(NaN);
  }

  /** A worker has come (1) or gone (-1). */
  peopled(by: 1 | -1, nowMs: number): void {
    this.lasted(nowMs);
    this.#workers += by;
    this.workersMost = Math.max(this.workersMost, this.#workers);
    if (by > 0) this.starts++;
  }

  /** Counts the time of workers until `nowMs`. */
  lasted(nowMs: number): void {
    if (nowMs <= this.#atMs) return;
    this.#workerMs += (nowMs - this.#atMs) * this.#workers;
    const partMs = this.#workload.spanMs / curveParts;
    for (let atMs = this.#atMs - this.#fromMs; partMs > 0;) {
      const part = Math.floor(atMs / partMs + nearly);
      if (part >= curveParts) break;
      const untilMs = Math.min(nowMs - this.#fromMs, (part + 1) * partMs);
      this.#partsMs[part]! += (untilMs - atMs) * this.#workers;
      if (untilMs >= nowMs - this.#fromMs) break;
      atMs = untilMs;
    }
    this.#atMs = nowMs;
  }

  /** All of it, for a run in which jobs may wait `waitTargetMs`. */
  outcome(policy: string, waitTargetMs: number, latePriceRuns: number): Outcome {
    const jobs = this.waitsMs.length;
    const sorted = this.waitsMs.toSorted();
    const at = (q: number) => sorted[Math.min(jobs - 1, Math.floor(q * jobs))] ?? 0;
    const above = (ms: number) => countAbove(sorted, ms);
    const work = workMs(this.#workload);
    const late = above(waitTargetMs);
    const meanMs = work / Math.max(1, jobs);
    return {
      policy,
      jobs,
      waitP50Ms: at(.5),
      waitP95Ms: at(.95),
      waitP99Ms: at(.99),
      waitMeanMs: sumOf(sorted) / Math.max(1, jobs),
      waitedPercent: 100 * above(instantMs) / Math.max(1, jobs),
      latePercent: 100 * late / Math.max(1, jobs),
      workerSeconds: this.#workerMs / 1_000,
      workSeconds: work / 1_000,
      starts: this.starts,
      resizes: this.resizes,
      decisions: this.decisions,
      workersMost: this.workersMost,
      workersCurve: Array.from(
        this.#partsMs,
        (ms) => Math.round(100 * ms * curveParts / Math.max(1, this.#workload.spanMs)) / 100,
      ),
      cost: work === 0 ? 0 : (this.#workerMs + latePriceRuns * meanMs * late) / work,
    };
  }
}

function countAbove(values: Float64Array, limit: number): number {
  let count = 0;
  for (const value of values) if (value > limit) count++;
  return count;
}

function sumOf(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}

/** Parts of a curve. */
export const curveParts = 60;
/** What rounding takes from a whole number. */
const nearly = 1e-9;

/** Waits below this are of rounding, ms. */
const instantMs = 1e-6;
