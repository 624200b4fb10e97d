/**
 * How long keys have held a step of a workflow, for the critical path.
 *
 * @module
 */
import type { Job } from "../job.ts";
import type { Clock } from "../ports.ts";

interface Held {
  /** Monotonic; null while nothing holds it. */
  sinceMs: number | null;
  ms: number;
}

/** Knows jobs with an `executionId`; others are not looked at. */
export class Holds {
  readonly #held = new WeakMap<Job, Held>();
  readonly #clock: Pick<Clock, "nowMs">;

  /** Nobody is held. */
  constructor(clock: Pick<Clock, "nowMs">) {
    this.#clock = clock;
  }

  /** It waits from now on. */
  began(job: Job): void {
    if (job.spec.executionId === undefined) return;
    const held = this.#held.get(job);
    const sinceMs = this.#clock.nowMs();
    if (held) held.sinceMs ??= sinceMs;
    else this.#held.set(job, { sinceMs, ms: 0 });
  }

  /** It waits no more. */
  ended(job: Job): void {
    const held = this.#of(job);
    if (held?.sinceMs == null) return;
    held.ms += this.#clock.nowMs() - held.sinceMs;
    held.sinceMs = null;
  }

  /** It has ended, or comes anew. */
  forget(job: Job): void {
    if (job.spec.executionId !== undefined) this.#held.delete(job);
  }

  /** How long this attempt has waited so far, ms; null where it never has. */
  of(job: Job): number | null {
    const held = this.#of(job);
    if (!held) return null;
    return held.ms + (held.sinceMs === null ? 0 : this.#clock.nowMs() - held.sinceMs);
  }

  #of(job: Job): Held | undefined {
    return job.spec.executionId === undefined ? undefined : this.#held.get(job);
  }
}
