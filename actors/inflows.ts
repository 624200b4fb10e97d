/**
 * How fast jobs with the same key may be submitted, so that one tenant can't take the room of all.
 *
 * @module
 */
import { Inflow, type InflowLimit } from "../policies/admission/inflow.ts";
import { ByName } from "./by_name.ts";
import type { Order } from "./job.ts";

/** Keys that are counted; of more, those that have come least lately are forgotten. */
const keysMax = 10_000;

/** By key (`tenant:acme`) or by what many begin with (`tenant:*`); the longest that fits holds. */
export type KeyInflows = Readonly<Record<string, InflowLimit>>;

/** A key whose jobs come too fast. */
export interface TooFast {
  readonly key: string;
  readonly jobs: number;
  readonly limit: InflowLimit;
  /** Time until they may come. */
  readonly waitMs: number;
}

/** A bucket for each key that a limit concerns. */
export class Inflows {
  #limits = new ByName<InflowLimit>();
  #areNone = true;
  readonly #buckets = new Map<string, Inflow>();

  /** Other limits hold from now on; who has come counts on. */
  adopt(limits: KeyInflows, nowMs: number): void {
    this.#limits = new ByName(limits);
    this.#areNone = Object.keys(limits).length === 0;
    for (const [key, bucket] of this.#buckets) {
      const limit = this.#limits.of(key);
      if (limit) bucket.adopt(limit, nowMs);
      else this.#buckets.delete(key);
    }
  }

  /** Of what comes at once, the key that has to wait longest; null when all may come. */
  tooFast(orders: readonly Order[], nowMs: number): TooFast | null {
    if (this.#areNone) return null;
    let longest: TooFast | null = null;
    for (const [key, jobs] of count(orders)) {
      const limit = this.#limits.of(key);
      if (!limit) continue;
      const waitMs = this.#bucket(key, limit, nowMs).waitMs(jobs, nowMs);
      if (waitMs > (longest?.waitMs ?? 0)) longest = { key, jobs, limit, waitMs };
    }
    return longest;
  }

  /** They have come. */
  take(orders: readonly Order[], nowMs: number): void {
    if (this.#areNone) return;
    for (const [key, jobs] of count(orders)) {
      const limit = this.#limits.of(key);
      if (!limit) continue;
      const bucket = this.#bucket(key, limit, nowMs);
      bucket.take(jobs);
      this.#buckets.delete(key);
      this.#buckets.set(key, bucket);
    }
    for (const key of this.#buckets.keys()) {
      if (this.#buckets.size <= keysMax) break;
      this.#buckets.delete(key);
    }
  }

  #bucket(key: string, limit: InflowLimit, nowMs: number): Inflow {
    return this.#buckets.get(key) ?? new Inflow(limit, nowMs);
  }
}

/** Jobs of each key. */
function count(orders: readonly Order[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { keys } of orders) {
    for (const key of new Set(keys)) counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}
