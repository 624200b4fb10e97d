/**
 * Jobs that are cancelled together: by the signal of their caller, or when he takes no more.
 *
 * @module
 */
import type { Job } from "./job.ts";
import { Numbered } from "./numbered.ts";
import type { Queue } from "./queue.ts";

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

/** Who can cancel a job and hears of its end. */
export interface Canceller {
  readonly queue: Pick<Queue, "watch">;
  cancel(job: Job, because: string): void;
}

/** The same for one job. */
export function heedAlone(signal: AbortSignal, canceller: Canceller, job: Job): void {
  const abort = () => canceller.cancel(job, becauseOf(signal));
  if (signal.aborted) return abort();
  signal.addEventListener("abort", abort, { once: true });
  canceller.queue.watch(job, () => signal.removeEventListener("abort", abort));
}

const becauseOf = (signal: AbortSignal | undefined) => String(signal?.reason ?? "aborted");
