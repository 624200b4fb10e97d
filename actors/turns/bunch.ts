/**
 * Jobs that have the same keys: they wait for the same one, and only the first stands there.
 *
 * @module
 */
import { type Placed, precedes } from "./precedes.ts";
import type { Drawing } from "./draw.ts";
import { Row } from "./row.ts";
import type { Entry, Semaphore } from "./semaphore.ts";

/** Places of jobs that left by another way than in their turn, before they are cleared away. */
const goneMax = 1_024;

/** All jobs with one set of keys. */
export class Bunch<J extends Placed & Drawing> {
  readonly name: string;
  readonly keys: readonly Semaphore<J>[];
  /** Jobs that wait here. */
  parked = 0;
  /** Jobs that wait here, lie ready or run. */
  members = 0;
  /** The key that the first one waits for; null: none waits. */
  at: Semaphore<J> | null = null;
  /** Its place there. */
  #entry: Entry<J> | null = null;
  readonly #waiting = new Row<J>(({ state }) => state === "blocked");

  /** Jobs with `keys`. */
  constructor(name: string, keys: readonly Semaphore<J>[]) {
    this.name = name;
    this.keys = keys;
    for (const key of keys) key.sets++;
  }

  /** The first one that waits here, undefined when none does. */
  get first(): J | undefined {
    return this.parked === 0 ? undefined : this.#waiting.first;
  }

  /** Adds a job that has to wait. */
  add(job: J): void {
    this.parked++;
    this.#waiting.add(job);
  }

  /** Takes the first one. */
  take(): void {
    this.parked--;
    this.#waiting.take();
  }

  /** One that waited here has left by another way; one that is still blocked comes again. */
  forget(job: J): void {
    this.parked--;
    if (job.state === "blocked") this.#waiting.clear((other) => other !== job);
    if (this.#entry?.job === job || this.#entry?.job.state !== "blocked") this.waitFor(this.at);
    if (this.#waiting.size - this.parked > Math.max(goneMax, this.parked)) this.#waiting.clear();
  }

  /** Its first one, if there is one, waits for `key` from now on. */
  waitFor(key: Semaphore<J> | null): void {
    const { first } = this;
    if (this.at === key && this.#entry?.job === first) return;
    if (this.#entry) this.at?.forget(this.#entry);
    this.at = first ? key : null;
    this.#entry = first && key ? key.await(first) : null;
  }

  /** The first one that a job would have to wait for; null: it may go. */
  blocker(job: J, nowMs: number): Semaphore<J> | null {
    for (const key of this.keys) if (key.blocks(job, nowMs)) return key;
    return null;
  }

  /** The first one that does not let a job begin that lies ready; null: they all do. */
  denier(job: J, nowMs: number): Semaphore<J> | null {
    for (const key of this.keys) if (key.denies(job, nowMs)) return key;
    return null;
  }

  /** The jobs that wait here and go before `job`. */
  ahead(job: J): readonly J[] {
    return [...this.#waiting].filter((other) => precedes(other, job));
  }
}
