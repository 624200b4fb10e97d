/**
 * How many jobs may come in a second: a bucket that fills evenly.
 *
 * @module
 */

/** What comes in at most. */
export interface InflowLimit {
  readonly ratePerS: number;
  /** Jobs that may come at once. */
  readonly burst: number;
}

/** Sums of fractions are not exact. */
const tiny = 1e-9;

/** Lets jobs in as long as there is room. */
export class Inflow {
  #limit: InflowLimit;
  #level: number;
  #atMs: number;

  /** Nobody has come yet. */
  constructor(limit: InflowLimit, nowMs: number) {
    this.#limit = limit;
    this.#level = limit.burst;
    this.#atMs = nowMs;
  }

  /** Another limit holds from now on. */
  adopt(limit: InflowLimit, nowMs: number): void {
    this.#turn(nowMs);
    this.#limit = limit;
    this.#level = Math.min(this.#level, limit.burst);
  }

  /**
   * Time until so many jobs may come together, ms; 0 for now. More than the burst may come when the
   * bucket is full, and those after them wait the longer.
   */
  waitMs(jobs: number, nowMs: number): number {
    this.#turn(nowMs);
    const { ratePerS, burst } = this.#limit;
    const missing = Math.min(jobs, burst) - this.#level;
    return missing <= tiny ? 0 : missing * 1_000 / ratePerS;
  }

  /** They have come. */
  take(jobs: number): void {
    this.#level -= jobs;
  }

  #turn(nowMs: number): void {
    const { ratePerS, burst } = this.#limit;
    this.#level = Math.min(burst, this.#level + (nowMs - this.#atMs) * ratePerS / 1_000);
    this.#atMs = nowMs;
  }
}
