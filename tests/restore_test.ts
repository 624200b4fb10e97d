/** What a start takes over from the life before it. */
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import type { Intake } from "../actors/intake.ts";
import { rankOf } from "../actors/job.ts";
import { Keys } from "../actors/keys.ts";
import type { StoredJob } from "../actors/ports.ts";
import { restore } from "../actors/restore.ts";
import { memoryStore } from "../actors/stores/memory.ts";
import type { System } from "../actors/system.ts";
import { orderOf } from "./orders.ts";
import { QueueStage } from "./queue_stage.ts";

/** A start that finds these pages of jobs. */
async function takeOver(
  stage: QueueStage,
  pages: readonly StoredJob[][],
  keys = new Keys(() => stage.clock.wallMs()),
): Promise<void> {
  const store = {
    ...memoryStore(),
    async *recover() {
      for (const jobs of pages) yield { type: "open" as const, jobs };
    },
  };
  const system = { queue: stage.queue, ports: { clock: stage.clock, store }, journal: null };
  const intake = { again: (spec: object) => orderOf(spec) };
  await restore(system as unknown as System, intake as unknown as Intake, keys);
}

Deno.test("restore: a job has waited since it was accepted, also while nobody was here", async () => {
  const stage = new QueueStage(memoryStore());
  const wallMs = stage.clock.wallMs();
  const spec = { task: "t", queueTimeoutMs: 100 };
  const stored = [
    { id: 1, acceptedAt: wallMs - 60, spec },
    { id: 2, acceptedAt: wallMs - 5_000, spec },
    { id: 3, acceptedAt: wallMs + 3_600_000, spec }, // The wall clock was set back.
    { id: 4, acceptedAt: wallMs - 60, spec: { task: "t", totalTimeoutMs: 90 } },
  ];
  await takeOver(stage, [stored]);
  await stage.clock.advance(0);
  assertEquals(stage.endings, [[2, "expired"]]);
  await stage.clock.advance(30);
  assertEquals(stage.endings.slice(1), [[4, "expired"]]);
  await stage.clock.advance(10);
  assertEquals(stage.endings.slice(2), [[1, "expired"]]);
  await stage.clock.advance(59);
  assertEquals(stage.endings.length, 3);
  await stage.clock.advance(1);
  assertEquals(stage.endings.slice(3), [[3, "expired"]], "its whole time anew, not more");
});

Deno.test("restore: a job that has not ended still has its singleton key", async () => {
  const stage = new QueueStage(memoryStore());
  const keys = new Keys(() => stage.clock.wallMs());
  const spec = { task: "t", singletonKey: "s" };
  await takeOver(stage, [[{ id: 7, acceptedAt: stage.clock.wallMs(), spec }]], keys);
  assertEquals(keys.singletons.find(spec)?.id, 7);
  stage.end(stage.begin()!);
  assertEquals(keys.singletons.find(spec), null);
});

Deno.test("restore: an outcome says that its job is of an earlier start", async () => {
  const stage = new QueueStage(memoryStore());
  const acceptedAt = stage.clock.wallMs() - 5_000;
  await takeOver(stage, [[{ id: 1, acceptedAt, spec: { task: "t", retries: 1 } }]]);
  await stage.clock.advance(1);
  const own = stage.add();
  for (const job of [stage.begin()!, stage.begin()!]) stage.end(job);
  const told = stage.ended.map(([id, { attempts, restored }]) => [id, attempts, restored ?? false]);
  assertEquals(told, [[1, 1, true], [own.id, 1, false]]);
});

Deno.test("restore: jobs go on by class, rank and age, wherever a page ends", async () => {
  const spec = fc.record({
    priority: fc.constantFrom("high" as const, "normal" as const, "low" as const),
    rank: fc.integer({ min: -2, max: 2 }),
    delayMs: fc.nat(50),
  }, { requiredKeys: [] });
  const asked = fc.array(fc.record({ spec, agoMs: fc.integer({ min: 50, max: 90 }) }));
  await fc.assert(
    fc.asyncProperty(asked, fc.integer({ min: 1, max: 9 }), async (asked, pageJobs) => {
      const stage = new QueueStage(memoryStore());
      const wallMs = stage.clock.wallMs();
      const stored = asked.map(({ spec, agoMs }, i) => (
        { id: i + 1, acceptedAt: wallMs - agoMs, spec: { task: "t", ...spec } }
      ));
      const pages: StoredJob[][] = [];
      for (let i = 0; i < stored.length; i += pageJobs) pages.push(stored.slice(i, i + pageJobs));
      await takeOver(stage, pages);
      const sinceAt = ({ acceptedAt, spec }: StoredJob) => acceptedAt + (spec.delayMs ?? 0);
      const order = stored.toSorted((one, other) =>
        rankOf(one.spec.priority) - rankOf(other.spec.priority) ||
        (other.spec.rank ?? 0) - (one.spec.rank ?? 0) ||
        sinceAt(one) - sinceAt(other) || one.id - other.id
      );
      const taken: number[] = [];
      for (let job = stage.begin(); job; job = stage.begin()) taken.push(job.id);
      assertEquals(taken, order.map(({ id }) => id));
    }),
  );
});
