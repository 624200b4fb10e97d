/** Lists from stores, and specs that are amended. */
import { assertEquals } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import type { Change, StoreQuery } from "../actors/ports.ts";
import { bodyHash } from "../actors/stores/body_hash.ts";
import { jobs, selectJobs } from "../actors/stores/sqlite/jobs.ts";
import { outcomes } from "../actors/stores/sqlite/outcomes.ts";
import type { JobSpec } from "../messages/job.ts";
import { accepted, checks, commit, ended, now, openJobs, pages } from "./store_suite.ts";

for (const check of checks) {
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
      assertEquals(await find({ isLatest: true, limit: 4 }), [6, 5, 4, 3]);
      assertEquals(await find({ isLatest: true, after: 3 }), [2, 1]);
      assertEquals(await find({ isLatest: true, after: 1 }), []);
      assertEquals(await find({ isLatest: true, key: "host:a", limit: 1 }), [3]);
      assertEquals(await find({ isLatest: true, ending: "done" }), [2]);
      assertEquals(await find({ key: "project:host:a" }), [6]);
    },
  );

  check("lists from the latest on, over ids that nobody has", async (store) => {
    const ids = [1, 2, 30_000, 60_000];
    await commit(store, ...ids.map((id) => accepted(id, { task: id === 2 ? "rare" : "noop" })));
    const find = async (query: Partial<Extract<StoreQuery, { type: "jobs" }>>) =>
      (await store.read({ limit: 10, isLatest: true, ...query, type: "jobs" }))
        .map(({ job }) => job.id);
    assertEquals(await find({}), ids.toReversed());
    assertEquals(await find({ task: "rare" }), [2]);
    assertEquals(await find({ limit: 2, after: 60_000 }), [30_000, 2]);
  });

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

Deno.test("sqlite store: a list is read by ids, whatever is asked for, from either end", () => {
  const db = new DatabaseSync(":memory:");
  db.exec(jobs.create + outcomes.create);
  for (const order of ["asc", "desc"] as const) {
    const plan = db.prepare(`explain query plan ${selectJobs(order)}`)
      .all(0, 10_000, null, "failed", 10, "sleep", null) as { detail: string }[];
    assertEquals(plan.map(({ detail }) => detail), [
      "SEARCH jobs USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)",
      "SEARCH outcomes USING INTEGER PRIMARY KEY (rowid=?) LEFT-JOIN",
    ]);
  }
  db.close();
});
