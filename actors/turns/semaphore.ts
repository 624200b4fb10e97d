/**
 * One key: how many of its jobs run and lie ready, and who waits for it.
 *
 * @module
 */
import { Heap } from "../heap.ts";
import { type Placed, precedes } from "./precedes.ts";
import type { Drawing } from "./draw.ts";
import { Quota } from "./quota.ts";
import type { Applicant, Rule } from "./rule.ts";

/** The first job of those that wait here with the same keys. */
export interface Entry<J> {
  readonly job: J;
  /** No longer. */
  isOver: boolean;
}

/** Not in use. */
export const unused = 4;

/** Entries that no longer count, before they are cleared away. */
const staleMax = 64;

/** The jobs of one key. */
export class Semaphore<J extends Placed & Drawing> {
  readonly name: string;
  rule: Rule;
  /** What its jobs may take; null: anything. */
  quota: Quota | null;
  /** Waits for another key and keeps what it needs here from those behind it; null: nobody does. */
  keeper: J | null = null;
  /** None of its jobs may begin; those that run keep its place among the keys of its rule. */
  isPaused = false;
  /** Jobs in workers, begun or not. */
  running = 0;
  /** Jobs in lanes, by class. */
  readonly laid = [0, 0, 0];
  /** How it is in use: 0 by jobs that run, 1 to 3 by jobs that lie ready, by their best class. */
  stage = unused;
  /** Sets of keys that have this one. */
  sets = 0;
  /** Entries of jobs that wait for it. */
  waiters = 0;
  /** Its place among the keys that wait to come into use. */
  #applicant: Applicant | null = null;
  readonly #waiting = new Heap<Entry<J>>((one, other) => precedes(one.job, other.job));
  #clearAt = staleMax;

  /** A key that `rule` holds for. */
  constructor(name: string, rule: Rule) {
    this.name = name;
    this.rule = rule;
    this.quota = rule.rates && new Quota(rule.rates, rule.taken);
  }

  /** A job that comes has to wait for it. */
  blocks(job: J, nowMs: number): boolean {
    return this.isFull(job.rank) || this.isShut(job.rank) || this.#isDry(job, nowMs);
  }

  /** A job that lies ready may not begin now. */
  denies(job: J, nowMs: number): boolean {
    return !this.mayRun || (this.quota !== null && !this.quota.fits(job, -1, nowMs));
  }

  /** As many of its jobs run, or lie ready in class `rank` or a better one, as may run. */
  isFull(rank: number): boolean {
    if (this.isPaused) return true;
    let inside = this.running;
    for (let better = 0; better <= rank; better++) inside += this.laid[better]!;
    return inside >= this.rule.each;
  }

  /** It is not in use, and as many other keys are as may be. */
  isShut(rank: number): boolean {
    if (this.running > 0) return false;
    const own = this.stage <= rank + 1 ? 1 : 0;
    return this.rule.engaged(rank) - own >= this.rule.keys;
  }

  /** Whether one more of its jobs may run. */
  get mayRun(): boolean {
    const { each, active, keys } = this.rule;
    return !this.isPaused && this.running < each && (this.running > 0 || active < keys);
  }

  /** There is too little for it, or others wait whose turn comes first: small ones do not pass. */
  #isDry(job: J, nowMs: number): boolean {
    if (this.quota === null) return false;
    const { next } = this;
    if (next && next !== job && precedes(next, job)) return true;
    const { keeper } = this;
    const keeps = keeper?.state === "blocked" && keeper !== job && precedes(keeper, job);
    return !this.quota.fits(job, job.rank, nowMs, keeps ? keeper : null);
  }

  /** Counts itself anew among the keys of its rule; true where it is less in use than before. */
  recount(): boolean {
    const before = this.stage;
    this.stage = this.running > 0 ? 0 : bestOf(this.laid);
    if (this.stage === before) return false;
    this.rule.counts[before]!--;
    this.rule.counts[this.stage]!++;
    return this.stage > before;
  }

  /** `job` waits here, before those with the same keys. */
  await(job: J): Entry<J> {
    if (this.#waiting.size >= this.#clearAt) {
      this.#waiting.keep(({ isOver }) => !isOver);
      this.#clearAt = staleMax + 2 * this.#waiting.size;
    }
    this.waiters++;
    const entry = { job, isOver: false };
    this.#waiting.push(entry);
    return entry;
  }

  /** The entry waits here no longer. */
  forget(entry: Entry<J>): void {
    entry.isOver = true;
    this.waiters--;
  }

  /** The job whose turn is next; undefined when none waits. */
  get next(): J | undefined {
    while (this.#waiting.first?.isOver) this.#waiting.pop();
    return this.#waiting.first?.job;
  }

  /** Gets in line for coming into use where it has to; true: it has left the line. */
  apply(): boolean {
    const rank = this.next?.rank;
    const wants = rank !== undefined && this.isShut(rank);
    const was = this.#applicant?.isOver === false ? this.#applicant : null;
    if (wants && was?.rank === rank) return false;
    if (was) was.isOver = true;
    this.#applicant = wants ? this.rule.apply(this.name, rank) : null;
    return !wants && was !== null;
  }

  /** Other limits hold. */
  adopt(rule: Rule, nowMs: number): void {
    if (rule.rates === null) this.quota = null;
    else if (this.quota === null) this.quota = new Quota(rule.rates, rule.taken);
    else {
      this.quota.adopt(rule.rates, nowMs);
      this.quota.taken = rule.taken;
    }
    this.rule.counts[this.stage]!--;
    this.rule.running -= this.running;
    this.rule = rule;
    this.#applicant = null;
    rule.counts[this.stage]!++;
    rule.running += this.running;
  }
}

/** The stage of a key of which no job runs. */
function bestOf(laid: readonly number[]): number {
  for (let rank = 0; rank < laid.length; rank++) if (laid[rank]! > 0) return rank + 1;
  return unused;
}
