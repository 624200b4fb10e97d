/** What is left of a job, or of an attempt, when it is over: nothing. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { assertEquals } from "@std/assert";
import { Meter } from "../actors/limits/meter.ts";
import type { JobGroup } from "../actors/ports.ts";
import { memoryStore } from "../actors/stores/memory.ts";
import { ManualClock } from "./manual_clock.ts";
import { jobOf, nothing, orderOf, task } from "./orders.ts";
import { QueueStage } from "./queue_stage.ts";
import { stillTrees } from "./still_trees.ts";
import { until } from "./until.ts";

const commands = { ...nothing, kind: "command" as const };

Deno.test("queue: a job that has ended is not held until its time would have been over", async () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const stage = new QueueStage(memoryStore());
  const order = orderOf({ queueTimeoutMs: 1e6, totalTimeoutMs: 1e6 });
  const ended = new WeakRef(stage.queue.submitOne(order));
  stage.end(stage.begin()!);
  await until(() => (collect(), ended.deref() === undefined));
});

Deno.test("queue: an attempt that has not begun has no duration, and waits since it was due", async () => {
  const stage = new QueueStage(memoryStore());
  const [waits, retries] = [1, 2].map(() => stage.add({ retries: 1, backoff: { baseMs: 100 } }));
  for (const job of [waits!, retries!]) {
    await stage.clock.advance(10);
    stage.begin();
    await stage.clock.advance(1_000);
    if (job === waits) await stage.clock.advance(1_000);
    stage.end(job, "failed");
    if (job === waits) await stage.clock.advance(140);
  }
  stage.queue.cancel(waits!, "enough");
  stage.queue.cancel(retries!, "enough");
  const times = stage.ended.map(([, { waitMs, durationMs }]) => [waitMs, durationMs]);
  assertEquals(times, [[1_050, 0], [0, 0]]);
});

Deno.test("queue: who does not watch a job any more is not called", () => {
  const stage = new QueueStage(memoryStore());
  const job = stage.add();
  const called: string[] = [];
  const off = stage.queue.watch(job, () => called.push("one"));
  stage.queue.watch(job, () => called.push("other"));
  off();
  off();
  stage.end(stage.begin()!);
  assertEquals(called, ["other"]);
});

Deno.test("meter: a command that never ran leaves no group behind", () => {
  const did: string[] = [];
  const group = { words: ["enter"], end: () => void did.push("end") } as unknown as JobGroup;
  const meter = new Meter(new ManualClock(), stillTrees({ group: () => group }));
  const job = jobOf(1, { command: ["x"] }, {
    operation: { ...task, grant: commands },
    limits: { cpuCores: 1 },
    payload: '{"argv":["x"]}',
  });
  meter.payload(job);
  assertEquals(did, []);
  meter.forget(job);
  meter.forget(job);
  assertEquals(did, ["end"]);
});
