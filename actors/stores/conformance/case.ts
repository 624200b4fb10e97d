/**
 * What the cases of the suite for stores are made of.
 *
 * @module
 */
import type { Ending, JobSpec } from "../../../messages/job.ts";
import type { Outcome } from "../../../messages/outcome.ts";
import type { Change, RecoveryPage, Store, StoredJob } from "../../ports.ts";

/** One thing that every store does. */
export interface StoreCase {
  /** What that is, as the end of a sentence that begins with "a store". */
  readonly does: string;
  /**
   * Rejects where `store`, which is empty, does not. `restart` closes it and opens it again; a store
   * that does not outlive its process is the same one afterwards.
   */
  readonly run: (store: Store, restart: () => Promise<Store>) => Promise<void>;
}

/** When all of it happens, epoch ms. */
export const now: number = Date.now();

/** A job is accepted. */
export function accepted(id: number, spec: JobSpec = { task: "noop", input: id }): Change {
  return { type: "accepted", job: { id, acceptedAt: now, spec } };
}

/** How a job ended. */
export function outcome(type: Ending, output?: unknown): Outcome {
  return {
    type,
    ...(output === undefined ? {} : { output }),
    attempts: 1,
    waitMs: 2.5,
    durationMs: 0,
    resources: { cpuSeconds: null, peakBytes: null, ioBytes: null, source: "none" },
    worker: "3.1",
  };
}

/** A job has ended. */
export function ended(id: number, type: Ending = "done", output?: unknown): Change {
  return { type: "ended", ended: { id, endedAt: now, outcome: outcome(type, output) } };
}

/** Appends and waits until the store says that it is safe; rejects where it says that it is lost. */
export async function commit(store: Store, ...changes: Change[]): Promise<void> {
  const done = Promise.withResolvers<void>();
  let lsn = Infinity;
  store.onCommitted((committed) => {
    if (committed >= lsn) done.resolve();
  });
  store.onFailed((_, because) => done.reject(new Error(because)));
  lsn = store.append(changes);
  if (store.committedLsn < lsn) await done.promise;
}

/** What a restart reads of one kind. */
export async function pages<T extends RecoveryPage["type"]>(store: Store, type: T) {
  const found: Extract<RecoveryPage, { type: T }>[] = [];
  for await (const page of store.recover()) {
    if (page.type === type) found.push(page as Extract<RecoveryPage, { type: T }>);
  }
  return found;
}

/** Jobs that a restart finds open. */
export async function openJobs(store: Store): Promise<StoredJob[]> {
  return (await pages(store, "open")).flatMap(({ jobs }) => jobs);
}

/** Their numbers. */
export const openIds = async (store: Store): Promise<number[]> =>
  (await openJobs(store)).map(({ id }) => id);
