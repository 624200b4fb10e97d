/** What a start takes over from the life before it. */
import { assertEquals } from "@std/assert";
import type { Intake } from "../actors/intake.ts";
import { Keys } from "../actors/keys.ts";
import { restore } from "../actors/restore.ts";
import { memoryStore } from "../actors/stores/memory.ts";
import type { System } from "../actors/system.ts";
import { orderOf } from "./orders.ts";
import { QueueStage } from "./queue_stage.ts";

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
  const store = {
    ...memoryStore(),
    async *recover() {
      yield { type: "open" as const, jobs: stored };
    },
  };
  const system = { queue: stage.queue, ports: { clock: stage.clock, store }, journal: null };
  const intake = { again: (spec: object) => orderOf(spec) };
  await restore(
    system as unknown as System,
    intake as unknown as Intake,
    new Keys(() => stage.clock.wallMs()),
  );
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
