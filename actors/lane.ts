/**
 * Jobs that wait for workers of one grant: bays of lines by operation and class, and a ring of suspects.
 *
 * @module
 */
import { Bays, type Berth, type ShareOf } from "./bays.ts";
import type { Job } from "./job.ts";
import { type Line, waiting } from "./line.ts";
import type { Grant } from "./ports.ts";
import { Ring } from "./ring.ts";
import { precedes } from "./turns/precedes.ts";

/** Places of jobs that left by another way than being taken, before they are cleared away. */
const goneMax = 1_024;

/** A worker, as far as it matters who is in it. */
export interface Quarters {
  readonly open: boolean;
  readonly exclusive: boolean;
  readonly grant: Grant;
  readonly slots: Berth;
}

/** The waiting jobs of one grant. */
export class Lane {
  readonly grant: Grant;
  /** Jobs that lie here; cancelled ones that still hold a place are not counted. */
  queued = 0;
  readonly #bays: Bays;
  #suspects = new Ring<Job>();

  /** For workers of `grant`; `shareOf` tells how many of them an operation may have. */
  constructor(grant: Grant, shareOf?: ShareOf) {
    this.grant = grant;
    this.#bays = new Bays(shareOf);
  }

  /** Puts a job at the end of its class. */
  push(job: Job): void {
    this.queued++;
    if (job.alone) this.#suspects.push(job);
    else this.#lineOf(job).push(job);
  }

  /** Puts a job that had been taken back to the front of its class. */
  unshift(job: Job): void {
    this.queued++;
    if (job.alone) this.#suspects.push(job);
    else this.#lineOf(job).unshift(job);
  }

  /** Puts a job where it belongs that came before and had to wait elsewhere. */
  call(job: Job): void {
    this.queued++;
    if (job.alone) this.#suspects.push(job);
    else this.#lineOf(job).call(job);
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

  /** Places that are held, by jobs that wait or did so. */
  get places(): number {
    return this.#lines().reduce((sum, { size }) => sum + size, this.#suspects.size);
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
  held(job: Job): { readonly workers: number; readonly most: number } | null {
    const { workers, most } = this.#bays.of(job);
    return this.#bays.isShared && workers >= most ? { workers, most } : null;
  }

  /** Takes the next job that must run alone, undefined when there is none. */
  takeSuspect(): Job | undefined {
    for (let job = this.#suspects.shift(); job; job = this.#suspects.shift()) {
      if (job.state !== "waiting") continue;
      this.queued--;
      return job;
    }
    return undefined;
  }

  /** True when a job waits that must run alone. */
  get hasSuspects(): boolean {
    return this.suspect !== undefined;
  }

  /** When the longest waiting job became due, Infinity when none waits. */
  headSinceMs(): number {
    let since = Infinity;
    for (const ring of [...this.#lines(), this.#suspects]) {
      while (ring.first && ring.first.state !== "waiting") ring.shift();
      if (ring.first && ring.first.dueMs < since) since = ring.first.dueMs;
    }
    return since;
  }

  /** The next job that must run alone; undefined when there is none. */
  get suspect(): Job | undefined {
    while (this.#suspects.first && this.#suspects.first.state !== "waiting") {
      this.#suspects.shift();
    }
    return this.#suspects.first;
  }

  /** Moves jobs that run alone, since their limits have changed, to where such jobs wait. */
  sort(): void {
    const moved = this.#lines().flatMap((line) =>
      [...line].filter(({ state, alone }) => alone && state === "waiting")
    );
    if (moved.length === 0) return;
    for (const line of this.#lines()) line.clear(({ alone }) => !alone);
    for (const job of moved) this.#suspects.push(job);
  }

  /** Clears places away whose jobs have left by another way. */
  protected clear(): void {
    for (const line of this.#lines()) line.clear();
    this.#suspects = waiting(this.#suspects);
  }

  /** How many jobs that wait came before `job`, in its class or a better one. */
  ahead(job: Job): number {
    let count = 0;
    for (const line of this.#lines()) {
      for (const other of line) if (other.state === "waiting" && precedes(other, job)) count++;
    }
    return count;
  }

  #lineOf(job: Job): Line {
    return this.#bays.of(job).lines[job.rank]!;
  }

  #lines(): Line[] {
    return this.#bays.all.flatMap(({ lines }) => lines);
  }
}

/** Forgets the lanes of a folder that nobody works in any more. */
export function leaveFolder(lanes: Map<string, Lane>, folder: string): void {
  for (const [key, { grant, queued }] of lanes) {
    if (grant.folder === folder && queued === 0) lanes.delete(key);
  }
}
