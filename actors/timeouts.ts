/**
 * Time limits that are learnt: of operations whose rules ask for them, how long attempts took, and
 * what the next ones may take. Never more than was configured, and nothing for jobs that say
 * themselves how long they may run.
 *
 * @module
 */
import type { Outcome } from "../messages/outcome.ts";
import {
  createLengths,
  type LearntTimeoutRules,
  lengthsOf,
  lengthsRow,
  noteCut,
  noteDone,
} from "../policies/limits/learnt_timeout.ts";
import { Allowance, type Pace } from "./allowance.ts";
import { ByName } from "./by_name.ts";
import { isKept, type Job, operationOf } from "./job.ts";
import type { Clock } from "./ports.ts";

/** Operations that are known; the one used longest ago makes room. */
const operationsMax = 256;
/** Longest name of an operation. */
const nameCharsMax = 255;

/** What a configuration says of them. */
export interface TimeoutsConfig {
  readonly jobs: { readonly learntTimeout: LearntTimeoutRules | null };
  readonly operations: Readonly<
    Record<string, { readonly learntTimeout: LearntTimeoutRules | null }>
  >;
}

/** What is known of all operations. */
export class Timeouts {
  #rules: ByName<LearntTimeoutRules> | null = null;
  #usual: LearntTimeoutRules | null = null;
  readonly #paces = new Map<string, Pace>();
  readonly #clock: Pick<Clock, "nowMs">;
  /** Something was learnt that is not stored yet. */
  #news = false;

  /** No limit is learnt until rules say so. */
  constructor(clock: Pick<Clock, "nowMs">) {
    this.#clock = clock;
  }

  /** Other rules hold from now on, for running jobs from when their present limit is over. */
  adopt({ jobs, operations }: TimeoutsConfig): void {
    this.#usual = jobs.learntTimeout;
    const said = Object.entries(operations)
      .flatMap(([name, { learntTimeout }]) => learntTimeout ? [[name, learntTimeout]] : []);
    this.#rules = said.length === 0 ? null : new ByName(Object.fromEntries(said));
  }

  /** A job goes to a worker: with the limit that holds now. */
  sent(job: Job): void {
    if (job.allowance === null) {
      if (this.#rules === null && this.#usual === null) return;
      const operation = operationOf(job.spec);
      if (this.rulesOf(operation) === null) return;
      // A job that says how long it may run knows better, and so does who waits for it himself.
      const isFree = job.spec.timeoutMs === undefined && (isKept(job) || job.timeoutMs > 0);
      job.allowance = new Allowance(this, this.#paceOf(operation), job.timeoutMs, isFree);
    }
    job.timeoutMs = job.allowance.limitMs();
  }

  /** An attempt has ended. */
  ended(job: Job, { type, durationMs }: Outcome): void {
    const pace = job.allowance?.pace;
    if (pace === undefined) return;
    if (pace.tried === job) pace.tried = null;
    if (type !== "done") return;
    this.#news = true;
    noteDone(pace.lengths, durationMs);
  }

  /** The rules of an operation; null: nothing is learnt of it. */
  rulesOf(operation: string): LearntTimeoutRules | null {
    return this.#rules?.of(operation) ?? this.#usual;
  }

  /** The limit has ended an attempt. */
  cut(pace: Pace, limitMs: number, rules: LearntTimeoutRules): void {
    this.#news = true;
    noteCut(pace.lengths, limitMs, rules);
  }

  /** What is to be stored; null when that is stored already. */
  snapshot(): unknown {
    if (!this.#news) return null;
    this.#news = false;
    return [...this.#paces.values()].map(({ name, lengths }) => [name, lengthsRow(lengths)]);
  }

  /** Takes over what was stored; what is not ours is left out. */
  restore(snapshot: unknown): void {
    if (!Array.isArray(snapshot)) return;
    for (const row of snapshot.slice(0, operationsMax)) {
      const [name, latest] = Array.isArray(row) ? row : [];
      const lengths = lengthsOf(latest);
      if (!lengths || typeof name !== "string" || name.length > nameCharsMax) continue;
      if (this.#paces.has(name)) continue;
      this.#paces.set(name, { name, lengths, tried: null, usedMs: 0 });
    }
  }

  #paceOf(name: string): Pace {
    const usedMs = this.#clock.nowMs();
    let pace = this.#paces.get(name);
    if (pace) pace.usedMs = usedMs;
    else {
      if (this.#paces.size >= operationsMax) this.#forget();
      this.#paces.set(name, pace = { name, lengths: createLengths(), tried: null, usedMs });
    }
    return pace;
  }

  #forget(): void {
    let oldest: Pace | null = null;
    for (const pace of this.#paces.values()) {
      if (!oldest || pace.usedMs < oldest.usedMs) oldest = pace;
    }
    if (oldest) this.#paces.delete(oldest.name);
  }
}
