/**
 * Jobs that wait for workers of one grant: a line for each class, and a ring of suspects.
 *
 * @module
 */
import type { Job } from "./job.ts";
import { Line, waiting } from "./line.ts";
import type { Grant } from "./ports.ts";
import { Ring } from "./ring.ts";

/** Places of jobs that left by another way than being taken, before they are cleared away. */
const goneMax = 1_024;

/** The waiting jobs of one grant. */
export class Lane {
  readonly grant: Grant;
  /** Jobs that lie here; cancelled ones that still hold a place are not counted. */
  queued = 0;
  readonly #lines = [new Line(), new Line(), new Line()];
  #suspects = new Ring<Job>();

  /** For workers of `grant`. */
  constructor(grant: Grant) {
    this.grant = grant;
  }

  /** Puts a job at the end of its class. */
  push(job: Job): void {
    this.queued++;
    if (job.alone) this.#suspects.push(job);
    else this.#lines[job.rank]!.push(job);
  }

  /** Puts a job that had been taken back to the front of its class. */
  unshift(job: Job): void {
    this.queued++;
    if (job.alone) this.#suspects.push(job);
    else this.#lines[job.rank]!.unshift(job);
  }

  /** Puts a job where it belongs that came before and had to wait elsewhere. */
  call(job: Job): void {
    this.queued++;
    if (job.alone) this.#suspects.push(job);
    else this.#lines[job.rank]!.call(job);
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
    return this.#lines.reduce((sum, { size }) => sum + size, this.#suspects.size);
  }

  /** Takes the next job for a worker that may run several, undefined when there is none. */
  take(): Job | undefined {
    for (const line of this.#lines) {
      for (let job = line.shift(); job; job = line.shift()) {
        if (job.state !== "waiting") continue;
        this.queued--;
        return job;
      }
    }
    return undefined;
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
    for (const ring of [...this.#lines, this.#suspects]) {
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
    const moved = this.#lines.flatMap((line) =>
      [...line].filter(({ state, alone }) => alone && state === "waiting")
    );
    if (moved.length === 0) return;
    for (const line of this.#lines) line.clear(({ alone }) => !alone);
    for (const job of moved) this.#suspects.push(job);
  }

  /** Clears places away whose jobs have left by another way. */
  protected clear(): void {
    for (const line of this.#lines) line.clear();
    this.#suspects = waiting(this.#suspects);
  }

  /** How many jobs would be taken before `job`. */
  ahead(job: Job): number {
    let count = 0;
    for (const line of this.#lines.slice(0, job.rank + 1)) {
      for (const other of line) {
        if (other === job) return count;
        if (other.state === "waiting") count++;
      }
    }
    return count;
  }
}

/** Forgets the lanes of a folder that nobody works in any more. */
export function leaveFolder(lanes: Map<string, Lane>, folder: string): void {
  for (const [key, { grant, queued }] of lanes) {
    if (grant.folder === folder && queued === 0) lanes.delete(key);
  }
}
