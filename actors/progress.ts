/**
 * Sees to it that jobs which have to give signs of progress do so.
 *
 * @module
 */
import type { Due } from "./due.ts";
import type { Job } from "./job.ts";
import type { Clock } from "./ports.ts";
import type { WorkerLink } from "./worker.ts";

/** Time that a worker has to show that its loop turns before one of its jobs is blamed, ms. */
const turnMs = 1_000;

/** What follows. */
export interface ProgressEffects {
  /** Asks a worker for a sign of life. */
  ask(link: WorkerLink): void;
  /** The worker's loop turns, or there is no other job in it, and `job` has said nothing. */
  stalled(link: WorkerLink, job: Job): void;
  /** One of several jobs holds the thread, so `job` could not say anything. */
  heldUp(link: WorkerLink, job: Job): void;
}

/** Watches over the signs of jobs that have a `progressTimeoutMs`. */
export class Progress {
  readonly #clock: Clock;
  readonly #due: Due;
  readonly #effects: ProgressEffects;
  /** The attempt of each job that is watched. */
  readonly #seen = new WeakMap<Job, number>();

  /** Looks at jobs when they are `due`. */
  constructor(clock: Clock, due: Due, effects: ProgressEffects) {
    this.#clock = clock;
    this.#due = due;
    this.#effects = effects;
  }

  /** Jobs were begun on `link`, and some of those in it are to be watched. */
  began(link: WorkerLink): void {
    for (const job of link.slots.watched) {
      if (this.#seen.get(job) === job.attempt) continue;
      this.#seen.set(job, job.attempt);
      this.#watch(link, job, job.attempt);
    }
  }

  #watch(link: WorkerLink, job: Job, attempt: number): void {
    this.#due.at(job.signMs + job.spec.progressTimeoutMs!, () => {
      if (!this.#runs(link, job, attempt)) return;
      const nowMs = this.#clock.nowMs();
      if (job.signMs + job.spec.progressTimeoutMs! > nowMs) return this.#watch(link, job, attempt);
      if (link.running === 1) return this.#effects.stalled(link, job);
      this.#effects.ask(link);
      this.#due.at(nowMs + turnMs, () => this.#blame(link, job, attempt, nowMs));
    });
  }

  /** Several jobs run: blames this one if the loop turned since `askedMs` and it said nothing. */
  #blame(link: WorkerLink, job: Job, attempt: number, askedMs: number): void {
    if (!this.#runs(link, job, attempt)) return;
    if (job.signMs >= askedMs) return this.#watch(link, job, attempt);
    if (link.heardMs >= askedMs || link.running === 1) return this.#effects.stalled(link, job);
    this.#effects.heldUp(link, job);
  }

  /** False when there is nothing to watch any more. */
  #runs(link: WorkerLink, job: Job, attempt: number): boolean {
    return link.slots.watched.has(job) && job.attempt === attempt && job.doomed === null;
  }
}
