/**
 * Jobs that wait in line: in the order in which they came, and those that were called in from
 * elsewhere where their time of coming puts them.
 *
 * @module
 */
import type { Job } from "./job.ts";
import { Ring } from "./ring.ts";
import { precedes } from "./turns/precedes.ts";

/** First come, first served. */
export class Line {
  #own = new Ring<Job>();
  /** Came before and waited elsewhere; null while there was none. */
  #called: Ring<Job> | null = null;

  /** Places that are held, by jobs that wait or did so. */
  get size(): number {
    return this.#own.size + (this.#called?.size ?? 0);
  }

  /** The next one, undefined when empty. */
  get first(): Job | undefined {
    return this.#next.first;
  }

  /** Adds one that comes now. */
  push(job: Job): void {
    this.#own.push(job);
  }

  /** Adds one that had been taken, before all others. */
  unshift(job: Job): void {
    this.#next.unshift(job);
  }

  /** Adds one that came earlier and waited elsewhere. */
  call(job: Job): void {
    (this.#called ??= new Ring()).push(job);
  }

  /** Takes the next one, undefined when empty. */
  shift(): Job | undefined {
    return this.#called === null ? this.#own.shift() : this.#next.shift();
  }

  /** Leaves out those that no longer wait, or are not wanted here. */
  clear(isWanted?: (job: Job) => boolean): void {
    this.#own = waiting(this.#own, isWanted);
    if (this.#called !== null) this.#called = waiting(this.#called, isWanted);
  }

  /** All of them; those that were called in come first. */
  *[Symbol.iterator](): Generator<Job> {
    if (this.#called !== null) yield* this.#called;
    yield* this.#own;
  }

  /** Where the next one lies. */
  get #next(): Ring<Job> {
    const called = this.#called?.first;
    if (called === undefined) return this.#own;
    const own = this.#own.first;
    return own === undefined || precedes(called, own) ? this.#called! : this.#own;
  }
}

/** A ring of those that still wait and are wanted. */
export function waiting(
  ring: Ring<Job>,
  isWanted: (job: Job) => boolean = () => true,
): Ring<Job> {
  const rest = new Ring<Job>();
  for (const job of ring) if (job.state === "waiting" && isWanted(job)) rest.push(job);
  return rest;
}
