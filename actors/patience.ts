/**
 * How long jobs may wait, and how long all of it may take.
 *
 * @module
 */
import type { Doom, Verdict } from "./doom.ts";
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
  cancel(job: Job, doomed: Doom): void;
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
  readonly #clock: Pick<Clock, "nowMs">;
  readonly #due: DueJobs;
  readonly #gates: PatientGates;
  readonly #effects: PatienceEffects;

  /** What a job waits for at `gates` is not counted, or not all of it. */
  constructor(
    clock: Pick<Clock, "nowMs">,
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
    const { queueTimeoutMs: queueMs, totalTimeoutMs: totalMs } = job.spec;
    if (queueMs === undefined && totalMs === undefined) return;
    const { calendar, after } = this.#gates;
    if (job.heldBy === calendar) return;
    if (queueMs !== undefined && job.heldBy !== after) {
      this.#due.after(job, queueMs, (late) => this.expire(late));
    }
    if (totalMs === undefined || from === after) return;
    this.#due.after(job, totalMs, (late) => this.#overdue(late));
  }

  /** Ends a job that has waited for its start for too long; others are left alone. */
  expire(job: Job): void {
    if (!hasExpired(job, this.#clock.nowMs())) return;
    this.#effects.end(job, expired(job.spec.queueTimeoutMs!));
  }

  #overdue(job: Job): void {
    if (job.doomed !== "cancelled") this.#effects.cancel(job, "overdue");
    if (!job.outcome && job.slot >= 0) this.#effects.overdue(job);
  }
}
