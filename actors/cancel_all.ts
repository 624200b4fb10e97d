/**
 * Cancels jobs for somebody who relies on it.
 *
 * @module
 */
import type { Job } from "./job.ts";
import type { Ledger } from "./ledger.ts";
import { Refusal } from "./refusal.ts";

/** Where jobs are under way. */
export interface Cancelling {
  readonly queue: { readonly ledger: Pick<Ledger, "safe"> };
  cancel(job: Job, because: string): void;
}

/**
 * Resolves when not even a kill of the service brings `jobs` back, which may be before those that
 * run have ended. Throws Refusal `storage_full` where that can't be stored: they end nevertheless.
 */
export function cancelAll(
  running: Cancelling,
  jobs: readonly Job[],
  because: string,
): Promise<void> {
  for (const job of jobs) running.cancel(job, because);
  return new Promise((resolve, reject) =>
    running.queue.ledger.safe(
      resolve,
      (why) => reject(new Refusal("storage_full", `Cannot store that they end: ${why}`, [], 5_000)),
    )
  );
}
