/**
 * Jobs of one period, as many as fit: enough to let them come again.
 *
 * The period has twelve parts. Of each all jobs are kept that came in a stretch of it, which is half of
 * it at first. Where there are too many, all stretches are halved; where these are as short as is of
 * use, every other job goes. So each part has its due weight, and loads stay as they were.
 *
 * @module
 */
import type { Outcome } from "../../messages/outcome.ts";
import type { Job } from "../job.ts";

/** Parts of a period. */
const partsMax = 12;
/** A stretch is at least this part of the period: of an hour, 9 s. */
const shortestRatio = 1 / 400;
/** Where in their parts stretches lie: elsewhere in each, so that what is regular is not always met, or never. */
const golden = .618;

/** A job that has ended. */
interface Entry {
  /** Thins evenly: jobs are numbered as they come. */
  readonly number: number;
  readonly part: number;
  /** From the begin of its part, ms. */
  readonly atMs: number;
  readonly ranMs: number;
}

/** What is kept of a period. */
export interface Sampled {
  /** When each job came, ms from the beginning, stretches one after another; in order. */
  readonly atMs: readonly number[];
  /** How long each ran, ms. */
  readonly serviceMs: readonly number[];
  /** All stretches together, ms. */
  readonly spanMs: number;
  /** Of the jobs that came in them, the share that is kept. */
  readonly keptRatio: number;
  /** Share of its time for which a job had a core; 0 where nobody knows. */
  readonly cpuRatio: number;
  /** Share of the run time that was that of commands. */
  readonly commandsRatio: number;
}

/** Takes jobs of one pool. */
export class JobSample {
  readonly #jobsMax: number;
  readonly #fromMs: number;
  readonly #partMs: number;
  readonly #shortestMs: number;
  #stretchMs: number;
  /** Jobs are kept whose number divides by it. */
  #stride = 1;
  #entries: Entry[] = [];
  #ranMs = 0;
  #commandsMs = 0;
  /** Of jobs whose CPU time is known. */
  #cpuMs = 0;
  #knownMs = 0;

  /** Keeps `jobsMax` jobs at most, of the `periodMs` from `nowMs` on. */
  constructor(jobsMax: number, nowMs: number, periodMs: number) {
    this.#jobsMax = jobsMax;
    this.#fromMs = nowMs;
    this.#partMs = periodMs / partsMax;
    this.#stretchMs = this.#partMs / 2;
    this.#shortestMs = periodMs * shortestRatio;
  }

  /** A job has ended. */
  ended({ id, dueMs, startedMs, operation: { grant } }: Job, outcome: Outcome): void {
    const { durationMs, resources: { cpuSeconds }, cache } = outcome;
    const number = Math.abs(id);
    if (number % this.#stride !== 0) return;
    if (startedMs === 0 || cache !== undefined || grant.kind === "run") return;
    const part = Math.floor((dueMs - this.#fromMs) / this.#partMs);
    if (part < 0 || part >= partsMax) return;
    const atMs = dueMs - this.#fromMs - part * this.#partMs;
    const entry = { number, part, atMs, ranMs: durationMs };
    if (!this.#isIn(entry)) return;
    if (this.#entries.push(entry) > this.#jobsMax) this.#thin();
    this.#ranMs += durationMs;
    if (grant.kind === "command") this.#commandsMs += durationMs;
    if (cpuSeconds === null) return;
    this.#knownMs += durationMs;
    this.#cpuMs += Math.min(durationMs, 1_000 * cpuSeconds);
  }

  /** What is kept. */
  get sampled(): Sampled {
    const jobs = this.#entries
      .map(({ part, atMs, ranMs }) => ({
        atMs: part * this.#stretchMs + atMs - this.#beginMs(part),
        ranMs,
      }))
      .sort((one, other) => one.atMs - other.atMs);
    return {
      atMs: jobs.map(({ atMs }) => atMs),
      serviceMs: jobs.map(({ ranMs }) => ranMs),
      spanMs: partsMax * this.#stretchMs,
      keptRatio: 1 / this.#stride,
      cpuRatio: this.#knownMs === 0 ? 0 : this.#cpuMs / this.#knownMs,
      commandsRatio: this.#ranMs === 0 ? 0 : this.#commandsMs / this.#ranMs,
    };
  }

  #thin(): void {
    while (this.#entries.length > this.#jobsMax) {
      if (this.#stretchMs / 2 >= this.#shortestMs) this.#stretchMs /= 2;
      else this.#stride *= 2;
      this.#entries = this.#entries.filter((entry) => this.#isIn(entry));
    }
  }

  #isIn({ number, part, atMs }: Entry): boolean {
    const fromMs = this.#beginMs(part);
    return number % this.#stride === 0 && atMs >= fromMs && atMs < fromMs + this.#stretchMs;
  }

  /** Where the stretch of a part begins in it, ms: a shorter one lies within a longer one. */
  #beginMs(part: number): number {
    return (part * golden % 1) * (this.#partMs - this.#stretchMs);
  }
}
