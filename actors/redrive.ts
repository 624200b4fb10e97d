/**
 * Puts jobs that have ended back into the queue, under their own numbers and with fresh attempts.
 *
 * @module
 */
import { mayMove } from "../machines/job.ts";
import type { Intake } from "./intake.ts";
import { Job, jobId, jobNumber } from "./job.ts";
import type { StoredJob } from "./ports.ts";
import { Refusal } from "./refusal.ts";
import type { Singletons } from "./singletons.ts";
import type { System } from "./system.ts";

/** The way back for jobs of one runtime. */
export class Redrive {
  /** Numbers of jobs that are looked up or stored right now. */
  readonly #underWay = new Set<number>();
  readonly #system: System;
  readonly #intake: Intake;
  readonly #singletons: Singletons;

  /** `intake` makes orders anew, as the configuration is now. */
  constructor(system: System, intake: Intake, singletons: Singletons) {
    this.#system = system;
    this.#intake = intake;
    this.#singletons = singletons;
  }

  /**
   * Resolves when the job is safely in the queue again; false where it is done or has not ended,
   * null when it is unknown. Rejects with a Refusal where it would not be taken today.
   */
  async retry(id: string): Promise<boolean | null> {
    const number = jobNumber(id);
    if (number === null) return null;
    const { queue, ports } = this.#system;
    const open = queue.open.get(number);
    // Two at once would both find its ending.
    if (this.#underWay.has(number) || (open && !open.outcome)) return false;
    this.#underWay.add(number);
    try {
      queue.flush();
      // It has ended, and the store is about to have that.
      if (open) await new Promise<void>((resolve) => queue.watch(open, resolve));
      const record = await ports.store.read({ type: "job", id: number });
      if (!record) return null;
      if (!record.ended || !mayMove(record.ended.outcome.type, "waiting")) return false;
      await this.#take(record.job, record.ended.endedAt);
      return true;
    } finally {
      this.#underWay.delete(number);
    }
  }

  #take({ id, spec }: StoredJob, endedAt: number): Promise<void> {
    const { queue, series, ports: { clock } } = this.#system;
    if (!queue.accepting) throw new Refusal("draining", "Cannot retry the job: the service stops");
    const holder = this.#singletons.find(spec);
    if (holder) {
      const because = `${jobId(holder.id)} has the same singleton key and has not ended`;
      throw new Refusal("not_retriable", `Job ${jobId(id)} is not retried: ${because}`);
    }
    // Its delay was for the first time.
    const acceptedAt = clock.wallMs() - (spec.delayMs ?? 0);
    const job = new Job(id, this.#intake.again(spec), clock.nowMs(), acceptedAt);
    const stored = Promise.withResolvers<void>();
    queue.redrive(
      job,
      () => {
        series.redriven(job, endedAt);
        stored.resolve();
      },
      (because) =>
        stored.reject(new Refusal("storage_full", `Cannot store the job: ${because}`, [], 5_000)),
    );
    this.#singletons.note(job, stored.promise);
    return stored.promise;
  }
}
