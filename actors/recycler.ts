/**
 * Replaces workers that have served their time, are old or leak. The next one is ready before the
 * last one leaves, and one is started at a time, so that nobody waits for it.
 *
 * @module
 */
import { fresh, type Leak, leaking, watchLeak } from "../policies/estimators/leak.ts";
import type { Clock, Grant } from "./ports.ts";
import type { WorkerLink } from "./worker.ts";

/** When workers are replaced. Null: never for that reason. */
export interface RecycleOptions {
  /** After so many jobs. */
  readonly jobs: number | null;
  /** At this age, ms. */
  readonly ageMs: number | null;
  /** When their memory grows for minutes on end, whatever they do. */
  readonly leaks: boolean;
}

/** Nobody is replaced. */
export const kept: RecycleOptions = { jobs: null, ageMs: null, leaks: false };

/** Share of its jobs after which a worker's successor is started. */
const aheadRatio = 0.9;
/** Successors that wait for their turn at once. */
const waitingMax = 2;
/** A worker that has nothing to do for so long leaves before its last jobs, ms. */
const idleMs = 1_000;
/** After a failed start, ms. */
const againMs = 5_000;

/** What a pool does for it. */
export interface RecyclerEffects {
  /** Starts a worker that is not part of the pool yet. */
  start(grant: Grant): WorkerLink;
  /** Puts `next` into the pool and lets `old` leave; null where it has gone by itself. */
  replace(old: WorkerLink | null, next: WorkerLink, because: string): void;
}

interface Succession {
  readonly old: WorkerLink;
  readonly next: WorkerLink;
  readonly because: string;
  /** It leaves when it has served so many. */
  readonly jobsMax: number;
}

/** Successions of one pool. */
export class Recycler {
  #options: RecycleOptions;
  readonly #clock: Clock;
  readonly #effects: RecyclerEffects;
  #waiting: Succession[] = [];
  #notBeforeMs = -Infinity;
  #leaks = new WeakMap<WorkerLink, Leak>();

  /** By `options`. */
  constructor(options: RecycleOptions, clock: Clock, effects: RecyclerEffects) {
    this.#options = options;
    this.#clock = clock;
    this.#effects = effects;
  }

  /** By other options from now on; who is being replaced is. */
  adopt(options: RecycleOptions): void {
    this.#options = options;
  }

  /** A worker has said something: it may have served enough. */
  heard(link: WorkerLink): void {
    const { jobs } = this.#options;
    if (jobs === null || link.served < aheadRatio * jobs || !link.open) return;
    const waiting = this.#waiting.find(({ old }) => old === link);
    if (!waiting) this.#begin(link, jobs, `served ${jobs} jobs`);
    else if (waiting.next.open && sent(link) >= waiting.jobsMax) this.#replace(waiting);
  }

  /** A worker is ready: true when it is a successor, who is not part of the pool yet. */
  ready(link: WorkerLink): boolean {
    const waiting = this.#waiting.find(({ next }) => next === link);
    if (!waiting) return false;
    const { old, jobsMax } = waiting;
    old.servedMax = jobsMax;
    if (!old.open || sent(old) >= jobsMax) this.#replace(waiting);
    return true;
  }

  /** A worker is gone: true when it was a successor. */
  gone(link: WorkerLink): boolean {
    const failed = this.#waiting.find(({ next }) => next === link);
    if (!failed) return false;
    failed.old.servedMax = Infinity;
    this.#waiting = this.#waiting.filter((one) => one !== failed);
    this.#notBeforeMs = this.#clock.nowMs() + againMs;
    return true;
  }

  /** Has another one take the place of `link`; to be asked again while it has not. */
  retire(link: WorkerLink, because: string): void {
    this.#begin(link, 0, because);
  }

  /** To be called each second: looks for the old and the leaking. */
  look(links: readonly WorkerLink[]): void {
    const nowMs = this.#clock.nowMs();
    for (const waiting of [...this.#waiting]) {
      const { old, next } = waiting;
      if (next.open && (!old.open || nowMs - old.spell.idleSinceMs >= idleMs)) {
        this.#replace(waiting);
      }
    }
    const { ageMs, leaks } = this.#options;
    for (const link of links) {
      const old = ageMs !== null && nowMs - link.bornMs >= ageMs;
      if (old) this.#begin(link, 0, `was ${Math.round((nowMs - link.bornMs) / 60_000)} min old`);
      else if (leaks && link.residentBytes !== null) this.#weigh(link, link.residentBytes, nowMs);
    }
  }

  #weigh(link: WorkerLink, bytes: number, nowMs: number): void {
    const leak = watchLeak(this.#leaks.get(link) ?? fresh(link.bornMs), bytes, nowMs);
    this.#leaks.set(link, leak);
    const risePerMinute = leaking(leak);
    if (risePerMinute === null) return;
    this.#begin(link, 0, `its memory grows by ${(risePerMinute / 1e6).toFixed(2)} MB a minute`);
  }

  #begin(old: WorkerLink, jobsMax: number, because: string): void {
    const { length } = this.#waiting;
    const isStarting = this.#waiting.some(({ next }) => !next.open);
    const isHeir = this.#waiting.some((one) => one.old === old || one.next === old);
    if (isHeir || isStarting || length >= waitingMax || !old.open || old.exclusive) return;
    if (this.#clock.nowMs() < this.#notBeforeMs) return;
    this.#waiting.push({ old, next: this.#effects.start(old.grant), because, jobsMax });
  }

  #replace(waiting: Succession): void {
    this.#waiting = this.#waiting.filter((one) => one !== waiting);
    const { old, next, because } = waiting;
    this.#effects.replace(old.open ? old : null, next, because);
  }
}

/** Jobs that a worker has had, with those that lie in it. */
const sent = ({ served, running, unbegun }: WorkerLink) => served + running + unbegun;
