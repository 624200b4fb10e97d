/**
 * Counts and distributions of jobs, cheap enough to be always on.
 *
 * @module
 */
import type { StartTimes } from "../messages/decision.ts";
import type { Outcome } from "../messages/outcome.ts";
import type { Percentiles } from "../messages/status.ts";
import {
  countAbove,
  createHistogram,
  type Histogram,
  percentiles,
  quantile,
  record,
} from "../policies/estimators/histogram.ts";
import type { Job } from "./job.ts";
import type { Grant } from "./ports.ts";

/** Grants whose starts are told apart; those of others count for the pool alone. */
const grantsMax = 64;
/** Seconds that failures are remembered by the second. */
const secondsKept = 60;

/** Everything counted since the start. */
export class Metrics {
  readonly #waitMs = createHistogram();
  readonly #runMs = createHistogram();
  readonly #ended: Record<string, number> = {};
  readonly #failures = new Float64Array(secondsKept);
  #second = 0;
  accepted = 0;
  finished = 0;
  failed = 0;
  /** Attempts that another one follows. */
  tried = 0;
  /** Sum of run times, ms. */
  runSumMs = 0;
  /** Sum of their squares, ms². */
  runSquares = 0;
  /** Commands that ended whose CPU time is known. */
  commandsFinished = 0;
  /** Sums of their run times and their CPU times, ms. */
  commandRunSumMs = 0;
  commandCpuSumMs = 0;

  /** Time from spawn to ready, ms. */
  readonly startMs = createHistogram();
  /** The same by grant. */
  readonly starts = new Map<string, { readonly grant: Grant; readonly startMs: Histogram }>();

  /** A worker of `grant` was ready `tookMs` after its spawn. */
  started(grant: Grant, tookMs: number): void {
    record(this.startMs, tookMs);
    let row = this.starts.get(grant.key);
    if (!row && this.starts.size < grantsMax) {
      this.starts.set(grant.key, row = { grant, startMs: createHistogram() });
    }
    if (row) record(row.startMs, tookMs);
  }

  /** What starts took so far, by grant. */
  get startTimes(): readonly StartTimes[] {
    return [...this.starts].map(([grant, { startMs }]) => ({
      grant,
      p50Ms: quantile(startMs, 0.5)!,
      p95Ms: quantile(startMs, 0.95)!,
    }));
  }

  /** Counts one ended job; `nowMs` is monotonic. */
  count(job: Job, outcome: Outcome, nowMs: number): void {
    const { type, waitMs, durationMs } = outcome;
    // A staged run holds no worker; what its stages take is counted with them.
    if (job.operation.grant.kind !== "run") {
      this.finished++;
      this.runSumMs += durationMs;
      this.runSquares += durationMs * durationMs;
      // A result that was there came as any job and took no time, but says nothing of how long others do.
      if (outcome.cache === undefined) {
        record(this.#waitMs, waitMs);
        record(this.#runMs, durationMs);
      }
      if (job.operation.grant.kind === "command") this.#countCommand(outcome);
    }
    this.#ended[type] = (this.#ended[type] ?? 0) + 1;
    if (type !== "done") {
      this.failed++;
      this.#turn(nowMs);
      this.#failures[this.#second % secondsKept]!++;
    }
  }

  #countCommand({ durationMs, resources: { cpuSeconds } }: Outcome): void {
    if (cpuSeconds === null) return;
    this.commandsFinished++;
    this.commandRunSumMs += durationMs;
    this.commandCpuSumMs += cpuSeconds * 1_000;
  }

  /** Jobs that did not end `done` in the last minute. */
  failedLastMinute(nowMs: number): number {
    this.#turn(nowMs);
    return this.#failures.reduce((sum, count) => sum + count, 0);
  }

  /** Attempts that failed and are followed by another, or were the last one allowed. */
  get retried(): number {
    return this.tried + (this.#ended.dead ?? 0);
  }

  /** How many ran out of their time. */
  get timedOut(): number {
    return this.#ended.timedOut ?? 0;
  }

  /** How many ended in each way. */
  get ended(): Readonly<Record<string, number>> {
    return { ...this.#ended };
  }

  /** Waits and run times of all jobs. */
  get distributions(): { readonly waitMs: Percentiles; readonly runMs: Percentiles } {
    return { waitMs: percentiles(this.#waitMs), runMs: percentiles(this.#runMs) };
  }

  /** Jobs that have ended, and those of them that had waited for longer than `waitMs`. */
  waitedLonger(waitMs: number): { readonly ended: number; readonly late: number } {
    return { ended: this.#waitMs.count, late: countAbove(this.#waitMs, waitMs) };
  }

  /** Forgets the failures of seconds that are a minute old. */
  #turn(nowMs: number): void {
    const second = Math.floor(nowMs / 1000);
    const passed = Math.min(secondsKept, second - this.#second);
    for (let i = 0; i < passed; i++) this.#failures[(second - i) % secondsKept] = 0;
    this.#second = Math.max(this.#second, second);
  }
}
