/**
 * Holds jobs until they are due: those that were tried and will be tried again.
 *
 * @module
 */
import type { DueJobs } from "../due_jobs.ts";
import type { Job } from "../job.ts";
import type { Clock } from "../ports.ts";
import type { Gate, Hold } from "./gate.ts";

/** The first gate. */
export class Timetable implements Gate<Job> {
  /** Jobs that wait for their next attempt. */
  retrying = 0;
  readonly #due: DueJobs;
  readonly #clock: Pick<Clock, "nowMs">;
  readonly #call: (job: Job) => void;

  /** `call` leads a job on that is due. */
  constructor(due: DueJobs, clock: Pick<Clock, "nowMs">, call: (job: Job) => void) {
    this.#due = due;
    this.#clock = clock;
    this.#call = call;
  }

  concerns({ retries, attempt }: Job): boolean {
    // One that was tried by an earlier process has its instant, whatever holds for new ones.
    return retries > 0 || attempt > 1;
  }

  enter(job: Job): boolean {
    if (job.dueMs <= this.#clock.nowMs()) return true;
    job.state = "retrying";
    this.retrying++;
    this.#due.after(job, 0, (job) => {
      const nowMs = this.#clock.nowMs();
      if (job.heldBy !== this || job.dueMs > nowMs) return;
      this.retrying--;
      job.dueMs = nowMs;
      this.#call(job);
    });
    return false;
  }

  take(): boolean {
    return true;
  }

  leave(job: Job): void {
    if (job.heldBy === this) this.retrying--;
  }

  why({ dueMs }: Job): Hold {
    const because = "It waits for its next attempt";
    return { gate: "retry", because, ahead: null, untilMs: dueMs };
  }
}
