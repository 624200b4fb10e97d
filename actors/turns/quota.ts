/**
 * What the jobs of one key may take in a period: a bucket for each unit.
 *
 * @module
 */
import { Bucket, type Rate } from "../../policies/limits/bucket.ts";
import { amountOf, type Drawing } from "./draw.ts";

/** What holds for each unit. */
export type Rates = ReadonlyMap<string, Rate>;

/** One unit that makes a job wait. */
export interface Lack {
  readonly unit: string;
  readonly amount: number;
  readonly free: number;
  readonly rate: Rate;
}

/** The rates of one key. */
export class Quota {
  /** Nothing may be taken before, monotonic: whoever gives it has said so. */
  restsUntilMs = -Infinity;
  /** When it is looked at next; Infinity: not by itself. */
  wakeMs = Infinity;
  readonly buckets = new Map<string, Bucket>();
  /** What was taken of each unit, by all keys with the same limit. */
  taken: Map<string, number>;

  /** Full at first. */
  constructor(rates: Rates, taken: Map<string, number>) {
    this.taken = taken;
    this.adopt(rates, 0);
  }

  /** The longest of its periods. */
  get periodMs(): number {
    let periodMs = 0;
    for (const { rate } of this.buckets.values()) periodMs = Math.max(periodMs, rate.periodMs);
    return periodMs;
  }

  /** Other rates hold, also for what was taken already. */
  adopt(rates: Rates, nowMs: number): void {
    for (const unit of this.buckets.keys()) if (!rates.has(unit)) this.buckets.delete(unit);
    for (const [unit, rate] of rates) {
      const bucket = this.buckets.get(unit);
      if (bucket) bucket.adopt(rate, nowMs);
      else this.buckets.set(unit, new Bucket(rate));
    }
  }

  /**
   * Whether a job may take what it needs, beside what those of class `rank` and better want, and
   * what `keeper` will need.
   */
  fits(job: Drawing, rank: number, nowMs: number, keeper: Drawing | null = null): boolean {
    if (nowMs < this.restsUntilMs) return false;
    for (const [unit, bucket] of this.buckets) {
      const amount = amountOf(job, unit);
      const kept = keeper === null ? 0 : amountOf(keeper, unit);
      if (amount > 0 && !bucket.fits(amount, rank, nowMs, kept)) return false;
    }
    return true;
  }

  /** When it would, if nothing else happened; Infinity where something has to. */
  opensMs(job: Drawing, nowMs: number): number {
    let opensMs = Math.max(nowMs, this.restsUntilMs);
    for (const [unit, bucket] of this.buckets) {
      const amount = amountOf(job, unit);
      if (amount > 0) opensMs = Math.max(opensMs, bucket.opensMs(amount, job.rank, nowMs));
    }
    return opensMs;
  }

  /** About when jobs could have had all they need, one after another. */
  etaMs(jobs: readonly Drawing[], nowMs: number): number {
    let etaMs = Math.max(nowMs, this.restsUntilMs);
    for (const [unit, bucket] of this.buckets) {
      const amount = jobs.reduce((sum, job) => sum + amountOf(job, unit), 0);
      if (amount === 0) continue;
      const { amount: most, periodMs } = bucket.rate;
      const periods = Math.ceil(amount / most) - 1;
      const opensMs = bucket.opensMs(amount - periods * most, jobs[0]!.rank, nowMs);
      etaMs = Math.max(etaMs, opensMs + periods * periodMs);
    }
    return etaMs;
  }

  /** The first unit of which there is too little for a job. */
  lack(job: Drawing, nowMs: number): Lack | null {
    for (const [unit, bucket] of this.buckets) {
      const amount = amountOf(job, unit);
      if (amount === 0 || bucket.fits(amount, job.rank, nowMs)) continue;
      const free = Math.max(0, Math.floor(bucket.free(job.rank, nowMs)));
      return { unit, amount, free, rate: bucket.rate };
    }
    return null;
  }

  /** Nobody may take anything for so long. */
  rest(untilMs: number): void {
    this.restsUntilMs = Math.max(this.restsUntilMs, untilMs);
  }

  /** Nothing is known of it that would matter. */
  isEmpty(nowMs: number): boolean {
    if (nowMs < this.restsUntilMs) return false;
    return this.buckets.values().every((bucket) => bucket.isEmpty(nowMs));
  }
}
