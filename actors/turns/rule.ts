/**
 * What holds for all keys of one pattern, and which of them are in use.
 *
 * @module
 */
import type { KeyLimit, KeyLimits } from "../../messages/limits.ts";
import { Heap } from "../heap.ts";
import { parseRate } from "../units.ts";
import type { Rates } from "./quota.ts";

/** A key that waits to come into use, for a job of class `rank`. */
export interface Applicant {
  readonly name: string;
  readonly rank: number;
  /** Grows in the order in which they came. */
  readonly ticket: number;
  /** No longer: it has come into use, or nobody waits for it. */
  isOver: boolean;
}

/** Applicants that may no longer count, before they are looked through. */
const staleMax = 64;

/** One pattern with its limits. */
export class Rule {
  readonly pattern: string;
  /** Jobs of each key that may run at once. */
  readonly each: number;
  /** Keys that may be in use at once. */
  readonly keys: number;
  /** What jobs of each key may take in a period; null: anything. */
  readonly rates: Rates | null;
  /** What jobs that have ended took of each unit, since the start. */
  readonly taken: Map<string, number>;
  /** Keys by how they are in use, see {@link Semaphore.stage}. */
  readonly counts = [0, 0, 0, 0, 0];
  /** Jobs that run. */
  running = 0;
  /** Keys that wait to come into use: in turn, so that one with many jobs has no more than others. */
  readonly waiting = new Heap<Applicant>((one, other) =>
    one.rank === other.rank ? one.ticket < other.ticket : one.rank < other.rank
  );
  #tickets = 0;
  #clearAt = staleMax;

  /** No limit where `limit` has null. */
  constructor(pattern: string, { each, keys, rates = {} }: KeyLimit, taken?: Map<string, number>) {
    this.pattern = pattern;
    this.taken = taken ?? new Map();
    this.each = each ?? Infinity;
    this.keys = keys ?? Infinity;
    const units = Object.entries(rates).map(([unit, { rate, burst }]) => {
      const { amount, periodMs } = parseRate(rate);
      return [unit, { amount, periodMs, burst: Math.min(burst ?? amount, amount) }] as const;
    });
    this.rates = units.length === 0 ? null : new Map(units);
  }

  /** Keys with jobs that run. */
  get active(): number {
    return this.counts[0]!;
  }

  /** Keys with jobs that run, or that lie ready and are of class `rank` or a better one. */
  engaged(rank: number): number {
    let count = 0;
    for (let stage = 0; stage <= rank + 1; stage++) count += this.counts[stage]!;
    return count;
  }

  /** A key wants to come into use. */
  apply(name: string, rank: number): Applicant {
    if (this.waiting.size >= this.#clearAt) {
      this.waiting.keep(({ isOver }) => !isOver);
      this.#clearAt = staleMax + 2 * this.waiting.size;
    }
    const applicant = { name, rank, ticket: this.#tickets++, isOver: false };
    this.waiting.push(applicant);
    return applicant;
  }
}

/** All rules; the most specific pattern that fits a key holds for it. */
export class Rules {
  readonly all: readonly Rule[];
  /** Some have rates. */
  readonly areMetered: boolean;
  readonly #exact = new Map<string, Rule>();
  /** Those that end with a star, longest first. */
  readonly #open: readonly (readonly [prefix: string, rule: Rule])[];
  readonly #none = new Rule("", { each: null, keys: null });

  /** As configured; what was taken under the limits `before` is counted on. */
  constructor(limits: KeyLimits = {}, before?: Rules) {
    this.all = Object.entries(limits).map(([pattern, limit]) =>
      new Rule(pattern, limit, before?.all.find((rule) => rule.pattern === pattern)?.taken)
    );
    this.areMetered = this.all.some(({ rates }) => rates !== null);
    const open: [string, Rule][] = [];
    for (const rule of this.all) {
      if (rule.pattern.endsWith("*")) open.push([rule.pattern.slice(0, -1), rule]);
      else this.#exact.set(rule.pattern, rule);
    }
    this.#open = open.sort(([one], [other]) => other.length - one.length);
  }

  /** What holds for a key. */
  of(key: string): Rule {
    return this.#exact.get(key) ?? this.#open.find(([prefix]) => key.startsWith(prefix))?.[1] ??
      this.#none;
  }
}
