/**
 * What is due for jobs at some instant, unless they have ended by then.
 *
 * @module
 */
import { Due } from "./due.ts";
import type { Job } from "./job.ts";
import type { Numbered } from "./numbered.ts";
import type { Clock } from "./ports.ts";

/** Knows jobs by their numbers: one that has ended is not held until its instant. */
export class DueJobs {
  readonly #due: Due;
  readonly #open: Pick<Numbered<Job>, "get">;

  /** For jobs as long as they are in `open`. */
  constructor(clock: Clock, open: Pick<Numbered<Job>, "get">) {
    this.#due = new Due(clock);
    this.#open = open;
  }

  /** Calls `fn` so long after `job` is due, if it is open then. `fn` must not hold it. */
  after({ id, dueMs }: Job, afterMs: number, fn: (job: Job) => void): void {
    this.#due.at(dueMs + afterMs, () => {
      const job = this.#open.get(id);
      if (job) fn(job);
    });
  }

  /** Calls `fn` at `atMs`, monotonic. */
  at(atMs: number, fn: () => void): void {
    this.#due.at(atMs, fn);
  }

  /** Forgets everything. */
  clear(): void {
    this.#due.clear();
  }
}
