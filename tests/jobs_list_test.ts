/** Lists of jobs: what is open and what has ended, a page at a time. */
import { assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import { jobId, viewJob } from "../actors/job.ts";
import { listJobs } from "../actors/list_jobs.ts";
import { Refusal } from "../actors/runtime.ts";
import { keysOf } from "../actors/turns/keys_of.ts";
import { whyWaits } from "../actors/why.ts";
import type { JobFilter, JobSpec, JobView } from "../messages/job.ts";
import { orderOf } from "./orders.ts";
import { StoreStub } from "./store_stub.ts";
import { SystemStage } from "./system_stage.ts";

const specOf: fc.Arbitrary<JobSpec> = fc.record({
  task: fc.constantFrom("a", "b"),
  operation: fc.constantFrom("one", "two"),
  key: fc.constantFrom("k:a", "k:b"),
}, { requiredKeys: ["task"] });

const filterOf: fc.Arbitrary<JobFilter> = fc.record({
  state: fc.constantFrom("waiting", "running", "done", "cancelled", "blocked"),
  task: fc.constantFrom("a", "b"),
  operation: fc.constantFrom("a", "one"),
  key: fc.constantFrom("k:a", "k:b"),
  order: fc.constantFrom("oldest", "latest"),
  limit: fc.integer({ min: 1, max: 8 }),
}, { requiredKeys: ["limit"] });

Deno.test("jobs: pages together are all jobs that the filter wants, each once and in order", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(specOf, { maxLength: 30 }), filterOf, async (specs, filter) => {
      const stage = new SystemStage({ min: 1, max: 1, part: { jobMs: 40, holds: true } });
      const { system } = stage;
      system.queue.gates.turns.adopt({ "k:*": { each: 1, keys: null } });
      await stage.clock.advance(100);
      const jobs = system.queue.submit(
        specs.map((spec) => orderOf(spec, { keys: keysOf(spec) })),
      );
      await stage.clock.advance(200);
      jobs.filter((_, i) => i % 5 === 4).forEach((job) => system.cancel(job, "enough"));
      await stage.clock.advance(0);
      const found: JobView[] = [];
      let after: string | undefined;
      for (let pages = 0; pages < 40; pages++) {
        const page = await listJobs(system, { ...filter, ...(after && { after }) });
        found.push(...page.items);
        after = page.next;
        if (after === undefined) break;
      }
      if (filter.order === "latest") found.reverse();
      const { state, task, operation, key } = filter;
      const wanted = jobs.filter((job) =>
        (state === undefined || job.state === state) &&
        (task === undefined || job.spec.task === task) &&
        (operation === undefined || (job.spec.operation ?? job.spec.task) === operation) &&
        (key === undefined || job.spec.key === key)
      );
      assertEquals(
        found.map(({ id, state }) => [id, state]),
        wanted.map(({ id, state }) => [
          jobId(id),
          state,
        ]),
      );
      await stage.system.stop();
    }),
    { numRuns: 25 },
  );
});

Deno.test("jobs: what is no filter is refused, all of it at once", async () => {
  const stage = new SystemStage();
  const bad = {
    state: "lost and found",
    limit: 0,
    after: "x",
    key: "",
    order: "",
    colour: 1,
  } as never;
  const refusal = await assertRejects(() => listJobs(stage.system, bad), Refusal);
  assertEquals(refusal.issues.length, 6);
  await stage.system.stop();
});

Deno.test("jobs: an ending is told of when it is on disk and counted, not before", async () => {
  const store = new StoreStub();
  const { clock, system } = new SystemStage({ store, min: 1 });
  await clock.advance(1_000);
  const [job] = system.queue.submit([orderOf()]);
  await clock.advance(0);
  store.commit();
  await clock.advance(1_000);
  assertEquals(job!.outcome?.type, "done");
  const view = viewJob(job!, 0);
  assertEquals([view.state, view.outcome], ["running", undefined]);
  const { items } = await listJobs(system, { state: "running" });
  assertEquals(items.map(({ id }) => id), [view.id]);
  const { gate, because } = whyWaits(system, view);
  assertEquals([gate, because], ["storage", "It has ended, and that is not on disk yet"]);
  assertEquals(system.metrics.ended, {});
  store.commit();
  assertEquals([system.queue.open.get(job!.id), system.metrics.ended], [undefined, { done: 1 }]);
  const unbegun = system.queue.submit([orderOf()])[0]!;
  system.queue.flush();
  store.commit();
  system.queue.cancel(unbegun, "enough", true);
  assertEquals([unbegun.state, viewJob(unbegun, 0).state], ["cancelled", "waiting"]);
  await system.stop();
});
