/**
 * From its acceptance to its end a job is in the store, once.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import type { Change } from "../../ports.ts";
import { bodyHash } from "../body_hash.ts";
import {
  accepted,
  commit,
  ended,
  now,
  openIds,
  openJobs,
  outcome,
  pages,
  type StoreCase,
} from "./case.ts";

/** Changes of jobs. */
export const lifeCases: readonly StoreCase[] = [
  {
    does: "keeps a job open until it has ended",
    async run(store, restart) {
      await commit(store, accepted(1), accepted(2), accepted(3));
      await commit(store, ended(2));
      const again = await restart();
      assertEquals(await openJobs(again), [
        { id: 1, acceptedAt: now, spec: { task: "noop", input: 1 } },
        { id: 3, acceptedAt: now, spec: { task: "noop", input: 3 } },
      ]);
      assertEquals(again.lastJobId, 3);
    },
  },
  {
    does: "lets the first ending stand",
    async run(store) {
      await commit(store, accepted(1), ended(1, "done", { sum: 3 }));
      await commit(store, ended(1, "failed"));
      const record = await store.read({ type: "job", id: 1 });
      assertEquals(record?.ended?.outcome, outcome("done", { sum: 3 }));
      assertEquals(await store.read({ type: "job", id: 2 }), null);
    },
  },
  {
    does: "opens a job again that was redriven, until its next ending",
    async run(store, restart) {
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
    },
  },
  {
    does: "keeps another spec of an open job, and its key",
    async run(store, restart) {
      const spec = { task: "noop", idempotencyKey: "k" };
      await commit(store, accepted(1, spec), accepted(2), ended(2));
      const amend = (id: number): Change => (
        { type: "amended", job: { id, acceptedAt: now, spec: { ...spec, rank: 7 } } }
      );
      await commit(store, amend(1));
      await commit(store, accepted(3, spec), amend(3));
      const again = await restart();
      const open = (await openJobs(again)).map(({ id, spec }) => [id, spec.rank]);
      assertEquals(open, [[1, 7], [3, 7]]);
      const [page] = await pages(again, "keys");
      assertEquals(page!.keys.map(({ bodyHash: hash }) => hash), Array(2).fill(bodyHash(spec)));
      assertEquals(again.corruptRows, 0);
    },
  },
  {
    does: "knows of an open job how often it was tried",
    async run(store, restart) {
      const tries = {
        ...{ attempt: 2, losses: 0, strikes: 1, ooms: 0, deaths: 1, suspect: true },
        ...{ dueAt: now + 1_000, waitMs: 1_000, failures: [] },
      };
      await commit(store, accepted(1), accepted(2), accepted(3));
      await commit(store, { type: "tried", id: 1, tries: { ...tries, attempt: 1 } });
      await commit(store, { type: "tried", id: 1, tries }, { type: "tried", id: 2, tries });
      await commit(store, ended(2));
      const again = await restart();
      const found = (await pages(again, "tries")).flatMap(({ tries }) => tries);
      assertEquals(found, [{ id: 1, tries }]);
      const order: string[] = [];
      for await (const { type } of again.recover()) order.push(type);
      assertEquals(order.indexOf("tries") < order.indexOf("open"), true, "tries come first");
    },
  },
  {
    does: "keeps any text whole",
    async run(store, restart) {
      const awkward = "nul \0, lone \ud800, quote ', tab \t, line \n\u2028, é, 漢, 😀";
      const spec = { task: awkward, input: { [awkward]: [awkward] }, idempotencyKey: awkward };
      await commit(store, accepted(1, spec));
      const again = await restart();
      assertEquals((await openJobs(again))[0]?.spec, spec);
      assertEquals((await again.read({ type: "jobs", task: awkward, limit: 1 })).length, 1);
      assertEquals((await pages(again, "keys"))[0]?.keys[0]?.key, awkward);
      assertEquals(again.corruptRows, 0);
    },
  },
];
