/**
 * What a store keeps besides jobs: facts, what actors know, schedules, and slots of time.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import type { ControlFact, Stamped } from "../../../messages/facts.ts";
import type { Change, Store, StoredSchedule } from "../../ports.ts";
import { commit, now, pages, type StoreCase } from "./case.ts";

const fact = (seq: number): Stamped<ControlFact> => ({
  seq,
  at: now,
  fact: { type: "config", version: seq, change: `change ${seq}`, by: "start" },
});

const slot = (key: string, data: unknown = key): Change => ({
  type: "slot",
  slot: { key, keptUntil: now + 1e9, data },
});

const slotsOf = async (store: Store, after: string, before: string, limit = 10) =>
  (await store.read({ type: "slots", after, before, limit })).map(({ key }) => key);

/** All of them. */
export const recordCases: readonly StoreCase[] = [
  {
    does: "gives back facts from a place in the stream",
    async run(store, restart) {
      const facts = Array.from({ length: 9 }, (_, i) => fact(i + 1));
      await commit(store, ...facts.map((stamped): Change => ({ type: "fact", stamped })));
      const again = await restart();
      assertEquals(again.lastSeq, 9);
      assertEquals(await again.read({ type: "facts", from: 0, limit: 2 }), facts.slice(0, 2));
      assertEquals(await again.read({ type: "facts", from: 7, limit: 10 }), facts.slice(6));
    },
  },
  {
    does: "recovers the latest snapshot of each actor",
    async run(store, restart) {
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
    },
  },
  {
    does: "recovers schedules as they were told last, and none that is gone",
    async run(store, restart) {
      const schedule = (name: string, seenAt: number): StoredSchedule => ({
        ...{ name, source: "call", paused: false, seenAt, last: null },
        spec: { cron: "0 3 * * *", job: { task: "noop" } },
      });
      const told = (name: string, seenAt: number | null): Change => ({
        ...{ type: "schedule", name },
        schedule: seenAt === null ? null : schedule(name, seenAt),
      });
      await commit(store, told("a", now), told("b", now), told("c", now));
      await commit(store, told("a", now + 5), told("b", null));
      const found = await pages(await restart(), "schedules");
      const byName = found.flatMap(({ schedules }) => schedules)
        .toSorted((a, b) => a.name < b.name ? -1 : 1);
      assertEquals(byName, [schedule("a", now + 5), schedule("c", now)]);
    },
  },
  {
    does: "finds slots in the order of their names, a page at a time",
    async run(store, restart) {
      await commit(store, ...["b/2", "a/1", "b/10", "b/1", "c/1"].map((key) => slot(key)));
      const again = await restart();
      assertEquals(await slotsOf(again, "b/", "b0"), ["b/1", "b/10", "b/2"]);
      assertEquals(await slotsOf(again, "b/", "b0", 2), ["b/1", "b/10"]);
      assertEquals(await slotsOf(again, "b/10", "b0", 2), ["b/2"]);
      const query = { type: "slots", after: "b/", before: "b0", limit: 2, latest: true } as const;
      assertEquals((await again.read(query)).map(({ key }) => key), ["b/10", "b/2"]);
    },
  },
  {
    does: "has the latest of the slots with one name",
    async run(store, restart) {
      await commit(store, slot("a", 1), slot(`a/${JSON.stringify("\u0000\ud800")}`, [1]));
      await commit(store, slot("a", { sum: 2.5 }));
      const page = await (await restart()).read({
        type: "slots",
        after: "",
        before: "b",
        limit: 9,
      });
      assertEquals(page.map(({ data }) => data), [{ sum: 2.5 }, [1]]);
      assertEquals(page[0]!.keptUntil, now + 1e9);
    },
  },
];
