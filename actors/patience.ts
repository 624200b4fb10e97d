/**
 * How long jobs may wait, and how long all of it may take.
 *
 * @module
 */
import type { Doom, Verdict } from "./doom.ts";
import { dueAt, instantOf } from "./due_at.ts";
import type { DueJobs } from "./due_jobs.ts";
import type { Gate } from "./gates/gate.ts";
import type { Job } from "./job.ts";
import { expired, hasExpired } from "./loss.ts";
import type { Clock } from "./ports.ts";

/** What becomes of a job whose time is over. */
export interface PatienceEffects {
  /** Ends it, as no worker has it. */
  end(job: Job, verdict: Verdict): void;
  /** Ends it, or marks it where a worker has it. */
  cancel(job: Job, doomed: Doom, because: string): void;
  /** Asks the worker that has it. */
  overdue(job: Job): void;
}

/** Gates that hold jobs for reasons of their own. */
export interface PatientGates {
  /** Nothing counts for those that it holds. */
  readonly calendar: Gate<Job>;
  /** They do not wait for their start yet. */
  readonly after: Gate<Job>;
}

/** Begins to count when a job could begin, as far as that is up to us. */
export class Patience {
  readonly #clock: Pick<Clock, "nowMs" | "wallMs">;
  readonly #due: DueJobs;
  readonly #gates: PatientGates;
  readonly #effects: PatienceEffects;

  /** What a job waits for at `gates` is not counted, or not all of it. */
  constructor(
    clock: Pick<Clock, "nowMs" | "wallMs">,
    due: DueJobs,
    gates: PatientGates,
    effects: PatienceEffects,
  ) {
    this.#clock = clock;
    this.#due = due;
    this.#gates = gates;
    this.#effects = effects;
  }

  /** A job was admitted (`from` null), or what it waited for at `from` has come. */
  begin(job: Job, from: Gate<Job> | null): void {
    const { queueTimeoutMs: queueMs, spec: { totalTimeoutMs: totalMs, deadlineAt } } = job;
    if (deadlineAt !== undefined && from === null) this.#limit(job, instantOf(deadlineAt));
    if (queueMs === 0 && totalMs === undefined) return;
    const { calendar, after } = this.#gates;
    if (job.heldBy === calendar) return;
    if (queueMs > 0 && job.heldBy !== after) {
      this.#due.after(job, queueMs, (late) => this.expire(late));
    }
    if (totalMs === undefined || from === after) return;
    this.#due.after(
      job,
      totalMs - this.#spentMs(job),
      (late) => this.#overdue(late, "overdue", "total timeout"),
    );
  }

  /** What is over of a job's whole time when it is due: not nothing where it was tried before. */
  #spentMs(job: Job): number {
    if (job.attempt === 1) return 0;
    const { spec, acceptedAt, dueMs } = job;
    const sinceAt = Math.max(acceptedAt, dueAt(spec, acceptedAt) ?? 0);
    return Math.max(0, dueMs - this.#clock.nowMs() + this.#clock.wallMs() - sinceAt);
  }

  /** Ends a job at an instant of the wall clock, epoch ms. */
  #limit(job: Job, at: number): void {
    const leftMs = at - this.#clock.wallMs();
    this.#due.after(job, this.#clock.nowMs() + leftMs - job.dueMs, (late) => {
      // The wall clock may have been set back meanwhile.
      if (this.#clock.wallMs() < at) this.#limit(late, at);
      else this.#overdue(late, "late", "its deadline has passed");
    });
  }

  /** Ends a job that has waited for its start for too long; others are left alone. */
  expire(job: Job): void {
    if (!hasExpired(job, this.#clock.nowMs())) return;
    this.#effects.end(job, expired(job.queueTimeoutMs));
  }

  #overdue(job: Job, doomed: Doom, because: string): void {
    if (job.doomed !== "cancelled") this.#effects.cancel(job, doomed, because);
    if (!job.outcome && job.slot >= 0) this.#effects.overdue(job);
  }
}
