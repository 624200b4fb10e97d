/** Another class or rank for a job that waits. */
import { assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import { classes, type Job } from "../actors/job.ts";
import { prioritise } from "../actors/prioritise.ts";
import { Refusal } from "../actors/runtime.ts";
import { precedes } from "../actors/turns/precedes.ts";
import type { Standing } from "../messages/job.ts";
import { TurnsStage } from "./turns_stage.ts";

const runs = { moving: (_job: Job, move: () => void) => move() };

const standing = fc.record({
  priority: fc.constantFrom(...classes),
  rank: fc.integer({ min: -3, max: 3 }),
}, { requiredKeys: ["rank"] }) as fc.Arbitrary<Standing>;

/** Keyed jobs differ by class alone. */
const wishOf = ({ priority = "normal", rank = 0 }: Standing, key?: string): Standing =>
  key ? { priority } : { priority, rank };

const keyOf = fc.option(fc.constantFrom("k:a", "k:b"), { nil: undefined });

Deno.test("prioritise: jobs go as if they had been submitted so", async () => {
  const jobOf = fc.record({ first: standing, key: keyOf });
  const changes = fc.array(fc.tuple(fc.nat(19), standing), { maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(
      fc.array(jobOf, { minLength: 1, maxLength: 20 }),
      changes,
      async (all, changes) => {
        const stage = new TurnsStage({ "k:*": { each: 1, keys: null } });
        const jobs = all.map(({ first, key }) =>
          stage.put({ ...wishOf(first, key), ...(key && { key }) })
        );
        for (const [pick, wish] of changes) {
          const job = jobs[pick % jobs.length]!;
          await prioritise({ queue: stage.queue, runs }, job, wishOf(wish, job.spec.key));
        }
        const taken: Job[] = [];
        for (let job = stage.take(); job; job = stage.take()) {
          taken.push(job);
          stage.end(stage.out(job));
        }
        assertEquals(taken.length, jobs.length, "each is taken once");
        assertEquals(stage.queue.queued, 0);
        const free = (all: readonly Job[]) => all.filter(({ keys }) => keys === null);
        assertEquals(
          free(taken),
          free(jobs).toSorted((one, other) => precedes(one, other) ? -1 : 1),
        );
        // Who lies ready keeps its key from others of its class.
        assertEquals(taken.map(({ rank }) => rank), taken.map(({ rank }) => rank).sort());
      },
    ),
  );
});

Deno.test("prioritise: what is with a worker stands there when it comes back", async () => {
  const stage = new TurnsStage({});
  const [one, other] = [stage.put({}), stage.put({})];
  const taken = stage.send()!;
  await prioritise({ queue: stage.queue, runs }, one!, { priority: "low" });
  stage.queue.release([taken]);
  assertEquals([stage.take(), stage.take()], [other, one]);
});

Deno.test("prioritise: what can't be is refused and changes nothing", async () => {
  const stage = new TurnsStage({});
  const job = stage.put({});
  for (const bad of [{}, { rank: 101 }, { rank: 0.5 }, { priority: "urgent" }, { task: "x" }, 1]) {
    await assertRejects(
      () => prioritise({ queue: stage.queue, runs }, job, bad as never),
      Refusal,
    );
  }
  assertEquals([job.rank, job.urgency, stage.take()], [1, 0, job]);
});
