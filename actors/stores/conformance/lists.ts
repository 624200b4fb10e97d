/**
 * What can be asked of a store about jobs.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import type { JobSpec } from "../../../messages/job.ts";
import type { Store, StoreQuery } from "../../ports.ts";
import { accepted, commit, ended, type StoreCase } from "./case.ts";

type JobsQuery = Partial<Extract<StoreQuery, { type: "jobs" }>>;

/** Numbers of the jobs that a query finds. */
const finder = (store: Store) => async (query: JobsQuery): Promise<number[]> =>
  (await store.read({ limit: 10, ...query, type: "jobs" })).map(({ job }) => job.id);

/** Queries. */
export const listCases: readonly StoreCase[] = [
  {
    does: "finds jobs by ending, task, id and limit",
    async run(store) {
      await commit(store, accepted(1, { task: "a" }), accepted(2, { task: "b" }));
      await commit(store, accepted(3, { command: ["true"] }), accepted(4, { task: "a" }));
      await commit(store, ended(1, "failed"), ended(2), ended(4, "failed"));
      const find = finder(store);
      assertEquals(await find({}), [1, 2, 3, 4]);
      assertEquals(await find({ limit: 2 }), [1, 2]);
      assertEquals(await find({ after: 2 }), [3, 4]);
      assertEquals(await find({ after: 4 }), []);
      assertEquals(await find({ ending: "failed" }), [1, 4]);
      assertEquals(await find({ ending: "failed", after: 1 }), [4]);
      assertEquals(await find({ task: "a", limit: 1 }), [1]);
      assertEquals(await find({ task: "b", ending: "failed" }), []);
    },
  },
  {
    does: "finds jobs by operation and key, also those that follow from other fields",
    async run(store) {
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
      const find = finder(store);
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
  },
  {
    does: "lists from the latest on, over ids that nobody has",
    async run(store) {
      const ids = [1, 2, 30_000, 60_000];
      await commit(store, ...ids.map((id) => accepted(id, { task: id === 2 ? "rare" : "noop" })));
      const find = finder(store);
      assertEquals(await find({ isLatest: true }), ids.toReversed());
      assertEquals(await find({ isLatest: true, task: "rare" }), [2]);
      assertEquals(await find({ isLatest: true, limit: 2, after: 60_000 }), [30_000, 2]);
    },
  },
  {
    does: "lists workflows, the one with the latest job first, and the jobs of one",
    async run(store, restart) {
      const of = (executionId: string) => ({ task: "t", executionId });
      const jobs = ["a", "b", "b", "c", "a"].map((name, i) => accepted(i + 1, of(name)));
      await commit(store, ...jobs, accepted(6), ended(1), ended(2, "failed"), ended(4));
      const again = await restart();
      const list = async (limit: number, before?: number) => {
        const query = { type: "workflows", limit, ...(before && { before }) } as const;
        return (await again.read(query)).map((
          { executionId, jobs, open, done, firstId, lastId },
        ) => [executionId, jobs, open, done, firstId, lastId]);
      };
      const all = [["a", 2, 1, 1, 1, 5], ["c", 1, 0, 1, 4, 4], ["b", 2, 1, 0, 2, 3]];
      assertEquals(await list(9), all);
      assertEquals([await list(1), await list(9, 4)], [all.slice(0, 1), all.slice(2)]);
      const steps = await again.read({ type: "steps", executionId: "a", after: 0, limit: 9 });
      assertEquals(steps.map(({ job, ended }) => [job.id, ended?.outcome.type]), [
        [1, "done"],
        [5, undefined],
      ]);
    },
  },
];
