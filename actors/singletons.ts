/**
 * Singleton keys: of all jobs with the same one, at most one has not ended.
 *
 * @module
 */
import type { JobSpec } from "../messages/job.ts";
import type { Job } from "./job.ts";

/** Jobs that may have ended, before they are looked through. */
const staleMax = 1_000;

/** A job that was found by a key. */
export interface Found {
  readonly id: number;
  /** Settles when the job is safe, or can't be; null when it is. */
  readonly stored: Promise<void> | null;
}

/** Who holds a key: it is free again once that job has an outcome, also that it could not be stored. */
interface Holder {
  readonly job: Pick<Job, "id" | "outcome">;
  stored: Promise<void> | null;
}

/** The jobs with a singleton key that have not ended. */
export class Singletons {
  readonly #holders = new Map<string, Holder>();
  #clearAt = staleMax;

  /** The job with the key of `spec` that has not ended; null where there is none. */
  find({ singletonKey }: Pick<JobSpec, "singletonKey">): Found | null {
    const holder = singletonKey === undefined ? undefined : this.#holders.get(singletonKey);
    if (holder === undefined || holder.job.outcome !== null) return null;
    return { id: holder.job.id, stored: holder.stored };
  }

  /** A job was taken; it is safe when `stored` resolves. */
  note(job: Pick<Job, "id" | "outcome" | "spec">, stored: Promise<void> | null = null): void {
    const { singletonKey } = job.spec;
    if (singletonKey === undefined) return;
    const holder: Holder = { job, stored };
    this.#holders.set(singletonKey, holder);
    stored?.then(() => holder.stored = null, () => {});
    if (this.#holders.size > this.#clearAt) this.#clear();
  }

  #clear(): void {
    for (const [key, { job }] of this.#holders) {
      if (job.outcome !== null) this.#holders.delete(key);
    }
    this.#clearAt = staleMax + 2 * this.#holders.size;
  }
}
