/**
 * A store is a log: what it has said is safe is there after a restart.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { bodyHash } from "../body_hash.ts";
import { accepted, commit, ended, now, openIds, pages, type StoreCase } from "./case.ts";

/** Commits, recovery, and the end. */
export const logCases: readonly StoreCase[] = [
  {
    does: "moves committedLsn to what append returned, and tells so in order",
    async run(store) {
      const heard: number[] = [];
      const all = Promise.withResolvers<void>();
      let last = Infinity;
      store.onCommitted((lsn) => {
        heard.push(lsn);
        if (lsn >= last) all.resolve();
      });
      const lsns = Array.from({ length: 20 }, (_, i) => store.append([accepted(i + 1)]));
      last = lsns.at(-1)!;
      if (store.committedLsn < last) await all.promise;
      assertEquals(lsns, lsns.toSorted((a, b) => a - b));
      assertEquals(heard, heard.toSorted((a, b) => a - b));
      assertEquals([store.committedLsn, heard.at(-1)], [last, last]);
      assertEquals(store.append([]), last);
    },
  },
  {
    does: "recovers pages of at most 1,000 in order of ids",
    async run(store, restart) {
      await commit(store, ...Array.from({ length: 2_500 }, (_, i) => accepted(i + 1)));
      const found = await pages(await restart(), "open");
      assertEquals(found.every(({ jobs }) => jobs.length <= 1_000), true);
      const ids = found.flatMap(({ jobs }) => jobs.map(({ id }) => id));
      assertEquals(ids, Array.from({ length: 2_500 }, (_, i) => i + 1));
    },
  },
  {
    does: "recovers idempotency keys of open and ended jobs of a day",
    async run(store, restart) {
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
    },
  },
  {
    does: "begins a new epoch at each start and never goes back with ids",
    async run(store, restart) {
      const { epoch } = store;
      assertEquals([epoch, store.lastJobId, store.lastSeq], [1, 0, 0]);
      await commit(store, accepted(7), ended(7));
      const again = await restart();
      assertEquals(again.lastJobId, 7);
      assertEquals(again.epoch, again.isDurable ? epoch + 1 : epoch);
    },
  },
  {
    does: "closes twice and has stored all that was appended before",
    async run(store, restart) {
      store.append([accepted(1)]);
      store.append([accepted(2), ended(1)]);
      await Promise.all([store.close(), store.close()]);
      assertEquals(await openIds(await restart()), [2]);
    },
  },
];
