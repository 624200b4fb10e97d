/**
 * Jobs that wait for workers of one grant: bays of lines by operation and class, and a row of those
 * that run alone.
 *
 * @module
 */
import { Bays, type Berth, type ShareOf } from "./bays.ts";
import type { Job } from "./job.ts";
import { type Line, waits } from "./line.ts";
import type { Grant } from "./ports.ts";
import type { Sequence } from "./sequence.ts";
import { precedes } from "./turns/precedes.ts";
import { Row } from "./turns/row.ts";

/** Places of jobs that left by another way than being taken, before they are cleared away. */
const goneMax = 1_024;

/** A worker, as far as it matters who is in it. */
export interface Quarters {
  readonly open: boolean;
  readonly exclusive: boolean;
  readonly grant: Grant;
  readonly slots: Berth;
}

/** What there is too little of. */
export interface Lack {
  readonly of: "memory" | "cores";
  /** The job itself, or the one of its operation and class that stands before it. */
  readonly first: Job;
}

/** The waiting jobs of one grant. */
export class Lane {
  readonly grant: Grant;
  /** Jobs that lie here; cancelled ones that still hold a place are not counted. */
  queued = 0;
  readonly #bays: Bays;
  /** Who died with a worker before goes behind those who may be innocent. */
  readonly #alone = new Row<Job>(
    waits,
    (one, other) =>
      one.strikes === other.strikes ? precedes(one, other) : one.strikes < other.strikes,
  );

  /**
   * For workers of `grant`; `shareOf` tells how many of them an operation may have, `sequence` whose
   * turn is next.
   */
  constructor(grant: Grant, shareOf?: ShareOf, sequence?: Sequence) {
    this.grant = grant;
    this.#bays = new Bays(shareOf, sequence);
  }

  /** Puts a job where it belongs, whether it is new, comes back or had to wait elsewhere. */
  add(job: Job): void {
    this.queued++;
    if (job.alone) this.#alone.add(job);
    else this.#bays.add(job, this.queued === 1);
  }

  /** Takes a job out that waits here and will wait elsewhere. */
  remove(job: Job): void {
    this.queued--;
    this.clear((other) => other !== job);
  }

  /** A waiting job has left by another way than `take`. Its place is cleared away some time. */
  forget(): void {
    this.queued--;
    if (this.places - this.queued > Math.max(goneMax, this.queued)) this.clear();
  }

  /** Jobs wait, and none of them could be taken for want of memory. */
  get starved(): boolean {
    return false;
  }

  /** No worker has room for its jobs: finds out anew whether they wait for memory besides. */
  look(_nowMs: number): void {}

  /** What a job waits for where the lane is starved, and who of its kind needs it first; else null. */
  lack(_job: Job): Lack | null {
    return null;
  }

  /** Places that are held, by jobs that wait or did so. */
  get places(): number {
    return this.#lines().reduce((sum, { size }) => sum + size, this.#alone.size);
  }

  /** The workers among which `take` spreads jobs from now on. */
  spread(workers: readonly Quarters[]): void {
    if (!this.#bays.isShared) return;
    const { key } = this.grant;
    const own = workers.filter(({ open, exclusive, grant }) =>
      open && !exclusive && grant.key === key
    );
    this.#bays.spread(own.map(({ slots }) => slots));
  }

  /**
   * Takes the next job for a worker that may run several, undefined when there is none; with `berth`
   * one that may go there.
   */
  take(berth: Berth | null = null, nowMs = 0): Job | undefined {
    const job = this.#bays.take(berth, nowMs);
    if (job) this.queued--;
    return job;
  }

  /** Jobs wait that may not go to the worker for which the last one was asked for. */
  get picky(): boolean {
    return this.#bays.picky;
  }

  /** Counts a job that is sent to a worker. */
  entered(job: Job, berth: Berth): void {
    this.#bays.enter(job, berth);
  }

  /** Workers that the operation of a job is in and may be in; null where that does not hold it back. */
  held(job: Job, nowMs: number): { readonly workers: number; readonly most: number } | null {
    return this.#bays.held(job, nowMs);
  }

  /** Takes the next job that must run alone, undefined when there is none. */
  takeSuspect(): Job | undefined {
    const job = this.#alone.take();
    if (job) this.queued--;
    return job;
  }

  /** True when a job waits that must run alone. */
  get hasSuspects(): boolean {
    return this.suspect !== undefined;
  }

  /** The job that goes before all others here, undefined when none waits. */
  get first(): Job | undefined {
    return this.#bays.all.reduce((best, { first }) => better(best, first), this.#alone.first);
  }

  /**
   * When the longest waiting job became due, of all or of the class at `rank`; Infinity when none
   * waits.
   */
  headSinceMs(rank?: number): number {
    const { first } = this.#alone;
    let since = first && isOf(first, rank) ? first.dueMs : Infinity;
    for (const { lines } of this.#bays.all) {
      for (const { oldest } of lines) {
        if (oldest && isOf(oldest, rank) && oldest.dueMs < since) since = oldest.dueMs;
      }
    }
    return since;
  }

  /** The next job that must run alone; undefined when there is none. */
  get suspect(): Job | undefined {
    return this.#alone.first;
  }

  /** Moves jobs that run alone, since their limits have changed, to where such jobs wait. */
  sort(): void {
    const moved = this.#lines().flatMap((line) => [...line].filter(({ alone }) => alone));
    if (moved.length === 0) return;
    for (const line of this.#lines()) line.clear(({ alone }) => !alone);
    for (const job of moved) this.#alone.add(job);
  }

  /** Clears places away whose jobs have left by another way, or are not wanted here. */
  protected clear(isWanted?: (job: Job) => boolean): void {
    for (const line of this.#lines()) line.clear(isWanted);
    this.#alone.clear(isWanted);
  }

  /** How many jobs that wait came before `job`, in its class or a better one. */
  ahead(job: Job): number {
    if (job.alone) return this.#alone.ahead(job);
    let count = 0;
    for (const line of this.#lines()) {
      for (const other of line) if (precedes(other, job)) count++;
    }
    return count;
  }

  #lines(): Line[] {
    return this.#bays.all.flatMap(({ lines }) => lines);
  }
}

const isOf = (job: Job, rank: number | undefined) => rank === undefined || job.rank === rank;

/** Who goes first. */
export function better(one: Job | undefined, other: Job | undefined): Job | undefined {
  return one === undefined || (other !== undefined && precedes(other, one)) ? other : one;
}

/** Forgets the lanes of a folder that nobody works in any more. */
export function leaveFolder(lanes: Map<string, Lane>, folder: string): void {
  for (const [key, { grant, queued }] of lanes) {
    if (grant.folder === folder && queued === 0) lanes.delete(key);
  }
}
