/**
 * How workers and their jobs part: jobs may end, then are asked to, then go with their worker.
 *
 * @module
 */
import type { Death } from "./exit.ts";
import type { Job } from "./job.ts";
import type { PoolParts } from "./pool_parts.ts";
import type { Roster } from "./roster.ts";
import type { WorkerLink } from "./worker.ts";

/** What is said to jobs whose worker leaves. */
const because = "its worker leaves";

/** What becomes of a job that was ended as its worker had to leave: nobody is to blame. */
const left: Death = {
  cause: { category: "signal", code: "worker_condemned" },
  because,
  ours: true,
};

/** The partings of one pool. */
export class Parting {
  /** All workers leave and none comes. */
  closing = false;
  readonly #asked = new WeakSet<WorkerLink>();
  readonly #parts: Pick<PoolParts, "queue" | "dispatcher">;
  readonly #roster: () => Roster;

  /** Jobs go back to the queue of `parts`. */
  constructor(parts: Pick<PoolParts, "queue" | "dispatcher">, roster: () => Roster) {
    this.#parts = parts;
    this.#roster = roster;
  }

  /** Lets all workers end when their jobs have, or `withinMs` from now ask those to. */
  drain(withinMs: number): void {
    this.closing = true;
    const message = { type: "drain", because: "closing", withinMs } as const;
    for (const link of this.#roster().links) this.#roster().tell(link, message);
  }

  /** Ends all workers now. */
  kill(): void {
    this.closing = true;
    const message = { type: "condemn", because: "stopped hard" } as const;
    for (const link of this.#roster().links) this.#roster().tell(link, message);
  }

  /** Asks the jobs of a worker to end. */
  ask(link: WorkerLink): void {
    this.#asked.add(link);
    for (const job of link.slots.begun) link.abort(job, because);
  }

  /** Takes back a job that has ended as it was asked to in {@link ask}; false for all others. */
  broken(link: WorkerLink, job: Job): boolean {
    if (job.doomed !== null || !this.#asked.has(link)) return false;
    const { queue } = this.#parts;
    if (this.closing) queue.release([job]);
    else queue.lose([job], null, link.name, left);
    return true;
  }

  /** What is killed as the runtime ends has to be begun again by the next one, untouched. */
  killing(link: WorkerLink): void {
    if (!this.closing) return;
    const { suspects, innocents } = link.strand();
    const jobs = [...suspects, ...innocents];
    for (const job of jobs) this.#parts.dispatcher.left(job);
    this.#parts.queue.release(jobs);
  }
}
