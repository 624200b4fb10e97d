/**
 * What every store is tested with.
 *
 * @module
 */
import type { Change, RecoveryPage, Store, StoredJob } from "../actors/ports.ts";
import { memoryStore } from "../actors/stores/memory.ts";
import { sqliteStore } from "../actors/stores/sqlite/mod.ts";
import type { Ending, JobSpec } from "../messages/job.ts";
import type { Outcome } from "../messages/outcome.ts";

/** Every filling passes the same tests. */
export const fillings: Record<string, (directory: string) => Promise<Store>> = {
  memory: () => Promise.resolve(memoryStore()),
  sqlite: (directory) => sqliteStore({ directory }),
};

/** When all of it happens. */
export const now = Date.now();

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

/** Appends and waits until the store says that it is safe. */
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

/** Declares a test over a store, with the way to have it after a restart, where it outlives one. */
export type Check = (
  does: string,
  test: (store: Store, restart: () => Promise<Store>) => Promise<void>,
) => void;

/** One for each filling. */
export const checks: readonly Check[] = Object.entries(fillings).map(
  ([kind, open]) => (does, test) =>
    Deno.test(`${kind} store: ${does}`, async () => {
      const directory = await Deno.makeTempDir();
      let store = await open(directory);
      try {
        await test(store, async () => {
          if (store.kind === "memory") return store;
          await store.close();
          store = await open(directory);
          return store;
        });
      } finally {
        await store.close();
        await Deno.remove(directory, { recursive: true });
      }
    }),
);
