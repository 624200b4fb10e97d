/** Lists from stores, and specs that are amended. */
import { assertEquals } from "@std/assert";
import type { Change, RecoveryPage, Store, StoredJob, StoreQuery } from "../actors/ports.ts";
import { bodyHash } from "../actors/stores/body_hash.ts";
import { memoryStore } from "../actors/stores/memory.ts";
import { sqliteStore } from "../actors/stores/sqlite/mod.ts";
import type { Ending, JobSpec } from "../messages/job.ts";
import type { Outcome } from "../messages/outcome.ts";

/** Every filling passes the same tests. */
const fillings: Record<string, (directory: string) => Promise<Store>> = {
  memory: () => Promise.resolve(memoryStore()),
  sqlite: (directory) => sqliteStore({ directory }),
};

const now = Date.now();

function accepted(id: number, spec: JobSpec = { task: "noop", input: id }): Change {
  return { type: "accepted", job: { id, acceptedAt: now, spec } };
}

function outcome(type: Ending, output?: unknown): Outcome {
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

function ended(id: number, type: Ending = "done", output?: unknown): Change {
  return { type: "ended", ended: { id, endedAt: now, outcome: outcome(type, output) } };
}

/** Appends and waits until the store says that it is safe. */
async function commit(store: Store, ...changes: Change[]): Promise<void> {
  const done = Promise.withResolvers<void>();
  let lsn = Infinity;
  store.onCommitted((committed) => {
    if (committed >= lsn) done.resolve();
  });
  store.onFailed((_, because) => done.reject(new Error(because)));
  lsn = store.append(changes);
  if (store.committedLsn < lsn) await done.promise;
}

async function pages<T extends RecoveryPage["type"]>(store: Store, type: T) {
  const found: Extract<RecoveryPage, { type: T }>[] = [];
  for await (const page of store.recover()) {
    if (page.type === type) found.push(page as Extract<RecoveryPage, { type: T }>);
  }
  return found;
}

async function openJobs(store: Store): Promise<StoredJob[]> {
  return (await pages(store, "open")).flatMap(({ jobs }) => jobs);
}

for (const [kind, open] of Object.entries(fillings)) {
  /** One test over a store, and the way to have it after a restart, where it outlives one. */
  const check = (
    does: string,
    test: (store: Store, restart: () => Promise<Store>) => Promise<void>,
  ) =>
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
    });

  check(
    "finds jobs by operation and key, also those that follow from other fields",
    async (store) => {
      const specs: JobSpec[] = [
        { task: "run" },
        { command: ["/usr/bin/sleep", "1"], key: "host:a" },
        { task: "t", operation: "sleep", keys: ["host:b", "host:a"] },
        { shell: "sleep 1", projectId: "p" },
        { task: "sleepy", input: "host:a", key: "project:p" },
        { stages: [{ name: "one", task: "t" }], projectId: "host:a" },
      ];
      await commit(store, ...specs.map((spec, i) => accepted(i + 1, spec)));
      await commit(store, ended(2), ended(3, "failed"));
      const find = async (query: Partial<Extract<StoreQuery, { type: "jobs" }>>) =>
        (await store.read({ limit: 10, ...query, type: "jobs" })).map(({ job }) => job.id);
      assertEquals(await find({ operation: "sleep" }), [2, 3]);
      assertEquals(await find({ operation: "sleep", ending: "failed" }), [3]);
      assertEquals([await find({ operation: "shell" }), await find({ operation: "run" })], [
        [4],
        [1, 6],
      ]);
      assertEquals(await find({ key: "host:a" }), [2, 3]);
      assertEquals(await find({ key: "host:a", limit: 1, after: 2 }), [3]);
      assertEquals(await find({ key: "project:p" }), [4, 5]);
      assertEquals(await find({ key: "project:host:a" }), [6]);
    },
  );

  check("keeps another spec of an open job, and its key", async (store, restart) => {
    const spec = { task: "noop", idempotencyKey: "k" };
    await commit(store, accepted(1, spec), accepted(2), ended(2));
    const amend = (id: number): Change => (
      { type: "amended", job: { id, acceptedAt: now, spec: { ...spec, rank: 7 } } }
    );
    await commit(store, amend(1));
    await commit(store, accepted(3, spec), amend(3));
    const again = await restart();
    assertEquals((await openJobs(again)).map(({ id, spec }) => [id, spec.rank]), [[1, 7], [3, 7]]);
    if (again.kind === "sqlite") {
      const [page] = await pages(again, "keys");
      assertEquals(page!.keys.map(({ bodyHash: hash }) => hash), Array(2).fill(bodyHash(spec)));
    }
    assertEquals(again.corruptRows, 0);
  });
}
