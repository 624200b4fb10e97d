/**
 * One budget for several pools: hears from each how much it has to do, and tells each how many
 * workers it may have.
 *
 * The caps in force and the workers there are never exceed it together: a pool is given more only
 * when others have moved into less, and those they let go have ended.
 *
 * @module
 */
import type { Envelope } from "../messages/decision.ts";
import type { Reading } from "../messages/signals.ts";
import type { OperatorStatus } from "../messages/status.ts";
import { type Claim, type Limits, settled, shares } from "../policies/budget/share.ts";
import type { Guard } from "../policies/constraints/mod.ts";
import { type Ewma, smooth, unmeasured } from "../policies/estimators/ewma.ts";
import type { Clock } from "./ports.ts";
import { workerBytes } from "./workers_range.ts";

/** A pool, as far as a budget is concerned. */
export interface Party {
  readonly name: string;
  readonly pool: {
    readonly links: readonly unknown[];
    readonly roster: { readonly size: number };
    readonly envelope: Envelope;
  };
  readonly controller: { readonly operator: OperatorStatus; evaluate(): void };
}

/** What a pool may have of a budget. */
export interface Terms {
  /** Its part where there is too little. */
  readonly weight: number;
  /** Workers that it has before all others, as far as it needs them. */
  readonly least: number;
  /** Its bounds. */
  readonly min: number;
  readonly max: number;
}

/** A budget. */
export interface BudgetOptions {
  readonly limits: Limits;
  /** Time between two times that workers are taken from where they are busy. */
  readonly cooldownMs: number;
  readonly terms: ReadonlyMap<string, Terms>;
}

/** Wait that a job may have: as the governor has it, ms. */
const waitMs = 150;
/** A backlog is worth the workers that do it in this time, ms. */
const backlogMs = 1_000;
/** Time in which a load that is over is forgotten, ms. */
const memoryMs = 1_000;
/** Less than this is none. */
const loadLeast = 0.01;
/** Pools are asked to move at most so often, ms. */
const nudgeMs = 25;
/** What the latest look counts against all before. */
const weight = 0.2;

/** What was seen of a pool. */
interface Seen {
  readonly atMs: number;
  readonly load: number;
  readonly serviceMs: number;
  readonly jobsPerWorker: Ewma;
  readonly workerCores: Ewma;
  readonly workerBytes: number;
}

const unseen: Seen = {
  atMs: 0,
  load: 0,
  serviceMs: backlogMs,
  jobsPerWorker: unmeasured,
  workerCores: unmeasured,
  workerBytes,
};

/** What a pool has of the budget. */
export interface Allotted {
  /** Workers that it may have. */
  readonly cap: number;
  /** Of them, workers that its work is worth now; the others are room that nobody needs. */
  readonly earned: number;
}

/** Shares one budget among the pools of a system. */
export class Budget {
  #options: BudgetOptions;
  readonly #estates: () => ReadonlyMap<string, Party>;
  readonly #clock: Clock;
  readonly #seen = new Map<string, Seen>();
  #allotted: ReadonlyMap<string, Allotted> = new Map();
  /** What each was told last. */
  readonly #told = new Map<string, number>();
  /** When workers were taken from where they were busy. */
  #movedMs = -Infinity;
  #nudgedMs = -Infinity;
  #isNudging = false;
  #disarm: () => void = () => {};

  /** Nobody has asked for anything yet. `estates` are those of `options.terms`. */
  constructor(options: BudgetOptions, estates: () => ReadonlyMap<string, Party>, clock: Clock) {
    this.#options = options;
    this.#estates = estates;
    this.#clock = clock;
  }

  /** Other limits and terms hold from now on. */
  adopt(options: BudgetOptions): void {
    this.#options = options;
  }

  /** What the pools have. */
  get allotted(): ReadonlyMap<string, Allotted> {
    return this.#allotted;
  }

  /** The constraint that tells a pool how much it may have. */
  guard(pool: string): Guard {
    return { name: "budget", constrain: (reading) => this.#ask(pool, reading) };
  }

  /** Why a pool has no more workers, where that is for the budget; else null. */
  why(pool: string): string | null {
    const told = this.#told.get(pool);
    const { links, envelope } = this.#estates().get(pool)!.pool;
    const isFull = told === envelope.cap && links.length >= told;
    return isFull && told < this.#options.terms.get(pool)!.max ? this.#words(pool, told) : null;
  }

  /** Asks nobody to move any more. */
  close(): void {
    this.#disarm();
  }

  #ask(pool: string, reading: Reading) {
    const most = 2 * this.#options.limits.workers;
    this.#seen.set(pool, seenOf(this.#seen.get(pool) ?? unseen, reading, most));
    this.#share();
    const target = this.#allotted.get(pool)!.cap;
    const cap = Math.max(0, Math.min(target, this.#freeFor(pool)));
    this.#told.set(pool, cap);
    this.#nudge(pool, cap < target);
    return { floor: 0, cap, because: this.#words(pool, cap) };
  }

  #share(): void {
    const { limits, cooldownMs, terms } = this.#options;
    const nowMs = this.#clock.nowMs();
    const names = [...terms.keys()];
    const claims = names.map((name) => this.#claimOf(name));
    const mayMove = nowMs - this.#movedMs >= cooldownMs;
    const dealt = shares(claims, limits, mayMove);
    const before = names.map((name) => this.#allotted.get(name)?.cap ?? 0);
    const caps = settled(before, dealt, claims, limits);
    const moves = claims.some(({ held, load }, i) =>
      caps[i]! < before[i]! && caps[i]! < Math.min(held, Math.ceil(load))
    );
    if (moves) this.#movedMs = nowMs;
    this.#allotted = new Map(
      names.map((name, i) => [name, { cap: caps[i]!, earned: dealt[i]!.earned }]),
    );
  }

  #claimOf(pool: string): Claim {
    const { weight, least, min, max } = this.#options.terms.get(pool)!;
    const { load, serviceMs, workerBytes, workerCores } = this.#seen.get(pool) ?? unseen;
    const estate = this.#estates().get(pool)!;
    // The operator's word goes before ours: others have what he leaves.
    const { state, workers } = estate.controller.operator;
    const pinned = state === "pinned" ? workers : null;
    return {
      ...{ load, serviceMs, waitMs, weight, least, workerBytes },
      floor: pinned ?? min,
      cap: pinned ?? max,
      held: estate.pool.roster.size,
      workerCores: workerCores.value ?? 0,
    };
  }

  /** What the others leave: they have their workers, and may start more up to their caps. */
  #freeFor(pool: string): number {
    let free = this.#options.limits.workers;
    for (const [name, { pool: other }] of this.#estates()) {
      if (name !== pool) free -= Math.max(other.roster.size, other.envelope.cap);
    }
    return free;
  }

  /** Has those decide anew who have more than they may, then the one who is to have it. */
  #nudge(pool: string, isShort: boolean): void {
    if (this.#isNudging) return;
    const over = [...this.#estates().values()].filter(({ name, pool: other }) =>
      name !== pool && other.envelope.cap > this.#allotted.get(name)!.cap
    );
    if (over.length === 0) return;
    this.#isNudging = true;
    const atMs = Math.max(this.#clock.nowMs(), this.#nudgedMs + nudgeMs);
    this.#disarm = this.#clock.at(atMs, () => {
      this.#nudgedMs = this.#clock.nowMs();
      for (const { controller } of over) controller.evaluate();
      if (isShort) this.#estates().get(pool)!.controller.evaluate();
      this.#isNudging = false;
    });
  }

  #words(pool: string, cap: number): string {
    const { workers } = this.#options.limits;
    const others = [...this.#estates()].filter(([name]) => name !== pool)
      .map(([name, { pool: { roster } }]) => `${name} has ${roster.size}`);
    return `budget: ${cap} of ${workers} workers, ${others.join(", ")}`;
  }
}

/** A load that rises is believed at once, one that falls is over after a while; `most` is as good as more. */
function seenOf(before: Seen, reading: Reading, loadMost: number): Seen {
  const { nowMs, queued, running, workers, idle, durationMs } = reading;
  const busy = workers - idle;
  const jobsPerWorker = smooth(
    before.jobsPerWorker,
    busy > 0 && running > 0 ? running / busy : null,
    weight,
  );
  const serviceMs = durationMs ?? before.serviceMs;
  const waiting = queued / Math.max(1, jobsPerWorker.value ?? 1);
  const load = busy + waiting * Math.min(1, serviceMs / backlogMs);
  const kept = before.load * Math.exp(-Math.max(0, nowMs - before.atMs) / memoryMs);
  const most = Math.min(loadMost, Math.max(load, kept));
  return {
    atMs: nowMs,
    load: most < loadLeast ? 0 : most,
    serviceMs,
    jobsPerWorker,
    workerCores: smooth(before.workerCores, reading.workerDemandRatio, weight),
    workerBytes: reading.workerBytes ?? before.workerBytes,
  };
}
