import { assert, assertEquals, assertGreaterOrEqual } from "@std/assert";
import type { Change, Store } from "../actors/ports.ts";
import { bodyHash } from "../actors/stores/body_hash.ts";
import { memoryStore } from "../actors/stores/memory.ts";
import type { ControlFact, Stamped } from "../messages/facts.ts";
import type { Ending } from "../messages/job.ts";
import { accepted, checks, commit, ended, now, openJobs, outcome, pages } from "./store_suite.ts";

function fact(seq: number): Stamped<ControlFact> {
  return {
    seq,
    at: now,
    fact: { type: "config", version: seq, change: `change ${seq}`, by: "start" },
  };
}

const openIds = async (store: Store) => (await openJobs(store)).map(({ id }) => id);

for (const check of checks) {
  check("keeps a job open until it has ended", async (store, restart) => {
    await commit(store, accepted(1), accepted(2), accepted(3));
    await commit(store, ended(2));
    const again = await restart();
    assertEquals(await openJobs(again), [
      { id: 1, acceptedAt: now, spec: { task: "noop", input: 1 } },
      { id: 3, acceptedAt: now, spec: { task: "noop", input: 3 } },
    ]);
    assertEquals(again.lastJobId, 3);
  });

  check("lets the first ending stand", async (store) => {
    await commit(store, accepted(1), ended(1, "done", { sum: 3 }));
    await commit(store, ended(1, "failed"));
    const record = await store.read({ type: "job", id: 1 });
    assertEquals(record?.ended?.outcome, outcome("done", { sum: 3 }));
    assertEquals(await store.read({ type: "job", id: 2 }), null);
  });

  check("opens a job again that was redriven, until its next ending", async (store, restart) => {
    await commit(store, accepted(1), accepted(2), ended(1, "dead"), ended(2, "failed"));
    const again: Change = {
      type: "redriven",
      job: { id: 1, acceptedAt: now + 5, spec: { task: "noop", input: 1 } },
    };
    await commit(store, again);
    let after = await restart();
    assertEquals((await openJobs(after)).map(({ id, acceptedAt }) => [id, acceptedAt]), [
      [1, now + 5],
    ]);
    assertEquals((await after.read({ type: "job", id: 1 }))?.ended, null);
    assertEquals((await after.read({ type: "jobs", limit: 9 })).map(({ job }) => job.id), [1, 2]);
    assertEquals(await after.read({ type: "jobs", ending: "dead", limit: 9 }), []);
    await commit(after, ended(1, "done", 7));
    // Redriven and ended in one batch, too.
    await commit(after, { ...again, job: { ...again.job, id: 2 } }, ended(2, "cancelled"));
    after = await restart();
    const endings = (await after.read({ type: "jobs", limit: 9 })).map(({ ended }) =>
      ended!.outcome.type
    );
    assertEquals([endings, await openIds(after)], [["done", "cancelled"], []]);
  });

  check("moves committedLsn to what append returned, and tells so in order", async (store) => {
    const heard: number[] = [];
    const all = Promise.withResolvers<void>();
    store.onCommitted((lsn) => {
      heard.push(lsn);
      if (lsn >= last) all.resolve();
    });
    let last = Infinity;
    const lsns = Array.from({ length: 20 }, (_, i) => store.append([accepted(i + 1)]));
    last = lsns.at(-1)!;
    if (store.committedLsn < last) await all.promise;
    assertEquals(lsns, lsns.toSorted((a, b) => a - b));
    assertEquals(heard, heard.toSorted((a, b) => a - b));
    assertEquals([store.committedLsn, heard.at(-1)], [last, last]);
    assertEquals(store.append([]), last);
  });

  check("recovers pages of at most 1,000 in order of ids", async (store, restart) => {
    await commit(store, ...Array.from({ length: 2_500 }, (_, i) => accepted(i + 1)));
    const found = await pages(await restart(), "open");
    assertEquals(found.map(({ jobs }) => jobs.length), [1_000, 1_000, 500]);
    const ids = found.flatMap(({ jobs }) => jobs.map(({ id }) => id));
    assertEquals(ids, Array.from({ length: 2_500 }, (_, i) => i + 1));
  });

  check("recovers idempotency keys of open and ended jobs of a day", async (store, restart) => {
    const spec = (key: string) => ({ task: "noop", idempotencyKey: key });
    const old = { id: 3, acceptedAt: now - 90_000_000, spec: spec("old") };
    const short = { ...spec("b"), idempotencyWindowMs: 60_000 };
    await commit(store, accepted(1, spec("a")), accepted(2, short), ended(2), accepted(4));
    await commit(store, { type: "accepted", job: old });
    const hash = bodyHash({ task: "noop" });
    const found = await pages(await restart(), "keys");
    assertEquals(found.flatMap(({ keys }) => keys), [
      { key: "a", id: 1, bodyHash: hash, untilAt: now + 86_400_000 },
      { key: "b", id: 2, bodyHash: hash, untilAt: now + 60_000 },
    ]);
  });

  check("recovers the latest snapshot of each actor", async (store, restart) => {
    const snapshot = (actor: string, value: unknown): Change => (
      { type: "snapshot", actor, snapshot: value }
    );
    await commit(store, snapshot("scaling", { size: "steady" }), snapshot("breaker", null));
    await commit(store, snapshot("scaling", { size: "cooldown" }));
    const found = await pages(await restart(), "snapshots");
    const byActor = found.flatMap(({ snapshots }) => snapshots)
      .toSorted((a, b) => a.actor < b.actor ? -1 : 1);
    assertEquals(byActor, [
      { actor: "breaker", snapshot: null },
      { actor: "scaling", snapshot: { size: "cooldown" } },
    ]);
  });

  check("finds jobs by ending, task, id and limit", async (store) => {
    await commit(store, accepted(1, { task: "a" }), accepted(2, { task: "b" }));
    await commit(store, accepted(3, { command: ["true"] }), accepted(4, { task: "a" }));
    await commit(store, ended(1, "failed"), ended(2), ended(4, "failed"));
    const find = async (query: { ending?: Ending; task?: string; after?: number }, limit = 10) =>
      (await store.read({ type: "jobs", ...query, limit })).map(({ job }) => job.id);
    assertEquals(await find({}), [1, 2, 3, 4]);
    assertEquals(await find({}, 2), [1, 2]);
    assertEquals(await find({ after: 2 }), [3, 4]);
    assertEquals(await find({ after: 4 }), []);
    assertEquals(await find({ ending: "failed" }), [1, 4]);
    assertEquals(await find({ ending: "failed", after: 1 }), [4]);
    assertEquals(await find({ task: "a" }, 1), [1]);
    assertEquals(await find({ task: "b", ending: "failed" }), []);
  });

  check("gives back facts from a place in the stream", async (store, restart) => {
    const facts = Array.from({ length: 9 }, (_, i) => fact(i + 1));
    await commit(store, ...facts.map((stamped): Change => ({ type: "fact", stamped })));
    const again = await restart();
    assertEquals(again.lastSeq, 9);
    assertEquals(await again.read({ type: "facts", from: 0, limit: 2 }), facts.slice(0, 2));
    assertEquals(await again.read({ type: "facts", from: 7, limit: 10 }), facts.slice(6));
  });

  check("keeps any text whole", async (store, restart) => {
    const awkward = "nul \0, lone \ud800, quote ', tab \t, line \n\u2028, é, 漢, 😀";
    const spec = { task: awkward, input: { [awkward]: [awkward] }, idempotencyKey: awkward };
    await commit(store, accepted(1, spec));
    const again = await restart();
    assertEquals((await openJobs(again))[0]?.spec, spec);
    assertEquals((await again.read({ type: "jobs", task: awkward, limit: 1 })).length, 1);
    assertEquals((await pages(again, "keys"))[0]?.keys[0]?.key, awkward);
    assertEquals(again.corruptRows, 0);
  });

  check("begins a new epoch at each start and never goes back with ids", async (store, restart) => {
    const { epoch } = store;
    assertEquals([epoch, store.lastJobId], [1, 0]);
    await commit(store, accepted(7), ended(7));
    const again = await restart();
    assertEquals(again.lastJobId, 7);
    assertGreaterOrEqual(again.epoch, epoch);
    assertEquals(again.epoch, again.kind === "memory" ? 1 : 2);
  });

  check("closes twice and has stored all that was appended before", async (store, restart) => {
    store.append([accepted(1)]);
    store.append([accepted(2), ended(1)]);
    await Promise.all([store.close(), store.close()]);
    assertEquals(await openIds(await restart()), [2]);
  });
}

Deno.test("memory store: drops the oldest ended jobs and no open ones", async () => {
  const store = memoryStore({ rowsMax: 3 });
  for (let id = 1; id <= 10; id++) store.append([accepted(id)]);
  for (let id = 1; id <= 8; id++) store.append([ended(id)]);
  const records = await store.read({ type: "jobs", limit: 100 });
  assertEquals(records.map(({ job }) => job.id), [6, 7, 8, 9, 10]);
  assertEquals(await store.read({ type: "job", id: 5 }), null);
  assertEquals((await store.read({ type: "job", id: 6 }))?.ended?.id, 6);
  assertEquals(await openIds(store), [9, 10]);
});

Deno.test("bodyHash: sees what was asked for, not how it was written", () => {
  const hash = bodyHash({ task: "a", input: { x: 1, y: [1, 2] } });
  assertEquals(hash, bodyHash({ input: { y: [1, 2], x: 1 }, task: "a" }));
  assertEquals(hash, bodyHash({ task: "a", input: { x: 1, y: [1, 2] }, idempotencyKey: "k" }));
  assertEquals(hash, bodyHash({ task: "a", input: { x: 1, y: [1, 2] }, traceparent: "00-1" }));
  assert(hash !== bodyHash({ task: "a", input: { x: 1, y: [2, 1] } }));
  assert(hash !== bodyHash({ task: "b", input: { x: 1, y: [1, 2] } }));
  assert(bodyHash({ input: { a: 1 } }) !== bodyHash({ input: { b: 1 } }));
});
