/**
 * Jobs that are cancelled together: by the signal of their caller, or when he takes no more.
 *
 * @module
 */
import type { Outcome } from "../messages/outcome.ts";
import type { Job } from "./job.ts";
import { Numbered } from "./numbered.ts";

/** Listens to a signal while any of its jobs is under way. */
export class Heed {
  readonly #jobs = new Numbered<Job>();
  readonly #signal: AbortSignal | undefined;
  readonly #cancel: (job: Job, because: string) => void;
  readonly #abort = () => this.stop(becauseOf(this.#signal));

  /** Calls `cancel` for each job. */
  constructor(signal: AbortSignal | undefined, cancel: (job: Job, because: string) => void) {
    this.#signal = signal;
    this.#cancel = cancel;
  }

  /** A job was submitted. */
  started(job: Job): void {
    if (this.#signal?.aborted) return this.#cancel(job, becauseOf(this.#signal));
    if (job.outcome) return;
    if (this.#jobs.size === 0) this.#signal?.addEventListener("abort", this.#abort);
    this.#jobs.set(job.id, job);
  }

  /** A job has ended. */
  ended({ id }: Job): void {
    if (this.#jobs.delete(id) && this.#jobs.size === 0) {
      this.#signal?.removeEventListener("abort", this.#abort);
    }
  }

  /** Cancels all that are under way. */
  stop(because: string): void {
    for (const job of [...this.#jobs.values()]) this.#cancel(job, because);
  }
}

type Ended = (job: Job, outcome: Outcome) => void;

/** Signals, each of which any number of jobs may heed: it is listened to once for all of them. */
export class Heeds {
  readonly #all = new WeakMap<AbortSignal, Heed>();
  readonly #cancel: (job: Job, because: string) => void;

  /** Calls `cancel` for each job of a signal that is aborted. */
  constructor(cancel: (job: Job, because: string) => void) {
    this.#cancel = cancel;
  }

  /** Has a job heed `signal`, if there is one: `submit` is given who is to hear of its end. */
  run(signal: AbortSignal | undefined, ended: Ended, submit: (ended: Ended) => Job): void {
    if (signal === undefined) return void submit(ended);
    let heed = this.#all.get(signal);
    if (!heed) this.#all.set(signal, heed = new Heed(signal, this.#cancel));
    heed.started(submit((job, outcome) => {
      heed.ended(job);
      ended(job, outcome);
    }));
  }
}

const becauseOf = (signal: AbortSignal | undefined) => String(signal?.reason ?? "aborted");
