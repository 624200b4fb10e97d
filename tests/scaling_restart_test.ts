/** RF33: what the control plane has promised survives the process. */
import { assert, assertEquals } from "@std/assert";
import type { ScalingValue } from "../machines/may.ts";
import { bind } from "../policies/scaling/mod.ts";
import { ManualClock } from "./manual_clock.ts";
import { orderOf } from "./orders.ts";
import { readingOf as reading } from "./readings.ts";
import { type StageOptions, SystemStage } from "./system_stage.ts";

const valueOf = ({ system }: SystemStage) => system.controller.value as ScalingValue;

/** The same data directory `pauseMs` later, with a monotonic clock that starts anew. */
async function restarted(before: SystemStage, pauseMs: number, options: StageOptions = {}) {
  const stored = await before.stored();
  await before.system.stop();
  const clock = new ManualClock(before.clock.wallMs() + pauseMs);
  return new SystemStage({ ...options, store: before.store, clock, stored });
}

Deno.test("RF33: a pin lasts as long as it was meant to, over a restart", async () => {
  const first = new SystemStage({ max: 8 });
  await first.clock.advance(1_000);
  first.system.control({ type: "pin", workers: 5, forMs: 600_000 });
  await first.clock.advance(10_000);
  assertEquals(first.ready, 5);
  const second = await restarted(first, 90_000, { max: 8 });
  await second.clock.advance(1_000);
  assertEquals([second.ready, valueOf(second).operator], [5, "pinned"]);
  await second.clock.advance(600_000 - 100_000 - 2_000);
  assertEquals(valueOf(second).operator, "pinned");
  await second.clock.advance(2_000);
  assertEquals(valueOf(second).operator, "auto");
  assertEquals(second.alerts, []);
});

Deno.test("RF33: a drain and a pause of scaling last as long as they were meant to, over a restart", async () => {
  const first = new SystemStage({ min: 2, max: 8 });
  await first.clock.advance(1_000);
  first.system.control({ type: "drain", forMs: 60_000 });
  await first.clock.advance(1_000);
  assertEquals([first.ready, first.system.pool.envelope.cap], [0, 0]);
  const second = await restarted(first, 9_000, { min: 2, max: 8 });
  await second.clock.advance(48_000);
  assertEquals([second.spawnsMs, valueOf(second).operator], [[], "drained"]);
  await second.clock.advance(3_000);
  assertEquals([second.ready, valueOf(second).operator], [2, "auto"]);
  second.system.control({ type: "hold", scaling: "out", forMs: 60_000 });
  const third = await restarted(second, 5_000, { min: 4, max: 8 });
  await third.clock.advance(10_000);
  assertEquals([third.ready, valueOf(third).operator], [2, "pausedOut"]);
  await third.clock.advance(50_000);
  assertEquals([third.ready, valueOf(third).operator], [4, "auto"]);
  const told = [first, second, third].map(({ facts }) =>
    facts.flatMap((fact) => fact.type === "operated" ? [`${fact.state} ${fact.workers}`] : [])
  );
  assertEquals(told, [
    ["drained 0"],
    ["drained 0", "auto null", "pausedOut 2"],
    ["pausedOut 2", "auto null"],
  ]);
});

Deno.test("operator: a drained pool lets jobs end, however long they take, and begins no other", async () => {
  const stage = new SystemStage({ min: 3, max: 8, part: { jobMs: 600_000 } });
  const { clock, system } = stage;
  await clock.advance(1_000);
  const job = system.queue.submitOne(orderOf());
  await clock.advance(100);
  system.control({ type: "drain" });
  system.control({ type: "drain" });
  await clock.advance(1_000);
  const late = system.queue.submitOne(orderOf());
  await clock.advance(300_000);
  assertEquals([stage.ready, job.state, late.state], [1, "running", "waiting"]);
  await clock.advance(301_000);
  assertEquals([stage.ready, job.outcome?.type, late.state], [0, "done", "waiting"]);
  assertEquals(stage.facts.filter(({ type }) => type === "operated").length, 1);
  system.control({ type: "resume" });
  await clock.advance(700_000);
  assertEquals(late.outcome?.type, "done");
  await system.stop();
});

Deno.test("operator: scaling in that is paused keeps idle workers, scaling out starts none", async () => {
  const stage = new SystemStage({ min: 1, max: 6, part: { jobMs: 60_000, holds: true } });
  const { clock, system } = stage;
  await clock.advance(1_000);
  system.control({ type: "pin", workers: 4 });
  await clock.advance(1_000);
  system.control({ type: "hold", scaling: "in" });
  await clock.advance(600_000);
  assertEquals(stage.ready, 4);
  system.control({ type: "hold", scaling: "out" });
  await clock.advance(600_000);
  assert(stage.ready < 4, `${stage.ready}`);
  const kept = stage.ready;
  system.control({ type: "hold", scaling: "out" });
  for (let i = 0; i < 20; i++) system.queue.submitOne(orderOf());
  await clock.advance(30_000);
  assertEquals(stage.ready, kept);
  system.control({ type: "resume" });
  await clock.advance(30_000);
  assertEquals(stage.ready, 6);
  await system.stop();
});

Deno.test("RF33: a pause survives: nothing is started until the operator says so", async () => {
  const first = new SystemStage({ min: 2 });
  await first.clock.advance(1_000);
  first.system.control({ type: "pause" });
  const second = await restarted(first, 3_600_000, { min: 2 });
  await second.clock.advance(60_000);
  assertEquals([second.spawnsMs, valueOf(second).operator], [[], "paused"]);
  second.system.control({ type: "resume" });
  await second.clock.advance(1_000);
  assertEquals([second.ready, valueOf(second).operator], [2, "auto"]);
});

for (const downMs of [0, 5_000, 3_600_000, -7_200_000]) {
  Deno.test(`RF33: an open breaker is half open in time after ${downMs / 1_000} s`, async () => {
    const part = { startMs: null };
    const first = new SystemStage({ min: 4, part });
    while (valueOf(first)?.breaker !== "open") await first.clock.advance(10);
    await first.clock.advance(1_000);
    const second = await restarted(first, downMs, { min: 4, part });
    assertEquals(valueOf(second).breaker, "open");
    // 30 s, of which one was over; a wall clock that was set back makes it no longer than that.
    const leftMs = downMs < 0 ? 30_000 : Math.max(0, 29_000 - downMs);
    await second.clock.advance(Math.max(0, leftMs - 100));
    assertEquals(second.spawnsMs.length, leftMs === 0 ? 1 : 0);
    await second.clock.advance(1_100);
    assertEquals(second.spawnsMs.length, 1, "exactly one start is tried");
    assertEquals(valueOf(second).breaker, "open", "and it has failed");
    second.part = {};
    await second.clock.advance(61_000);
    assertEquals([second.ready, valueOf(second).breaker], [4, "closed"]);
  });
}

Deno.test("RF33: half open when the process ended, one start is tried by the next", async () => {
  const first = new SystemStage({ min: 4, part: { startMs: null } });
  while (valueOf(first)?.breaker !== "open") await first.clock.advance(10);
  first.part = { startMs: 9_000 };
  while (valueOf(first)?.breaker !== "halfOpen") await first.clock.advance(10);
  await first.clock.advance(1_000);
  const tried = first.spawnsMs.length;
  assertEquals(first.processes.length, tried);
  const second = await restarted(first, 1_000, { min: 4, part: { startMs: 500 } });
  await second.clock.advance(400);
  assertEquals([second.spawnsMs.length, valueOf(second).breaker], [1, "halfOpen"]);
  await second.clock.advance(2_000);
  assertEquals([second.ready, valueOf(second).breaker], [4, "closed"]);
});

Deno.test("RF33: what was adopted gives way to smaller bounds, also while nothing may change", async () => {
  const first = new SystemStage({ min: 6, max: 8 });
  await first.clock.advance(1_000);
  assertEquals(first.ready, 6);
  const second = await restarted(first, 1_000, { min: 1, max: 2 });
  await second.clock.advance(1_000);
  assert(second.spawnsMs.length <= 2, `${second.spawnsMs.length} starts`);
  assertEquals(second.system.pool.envelope.cap, 2);
});

Deno.test("RF33: what can't be understood is told of and left behind", async () => {
  const stored = new Map<string, unknown>([
    ["scaling.default", { value: { size: "huge" }, context: {} }],
    ["governor.default", 7],
  ]);
  const stage = new SystemStage({ min: 2, stored });
  await stage.clock.advance(1_000);
  assertEquals([stage.ready, stage.alerts], [2, ["state_refused"]]);
});

Deno.test("RF33: little is written: a steady pool writes nothing", async () => {
  const stage = new SystemStage({ min: 2 });
  await stage.clock.advance(5_000);
  let snapshots = 0;
  const append = stage.store.append.bind(stage.store);
  stage.store.append = (changes) => {
    snapshots += changes.filter(({ type }) => type === "snapshot").length;
    return append(changes);
  };
  await stage.clock.advance(60_000);
  assertEquals(snapshots, 0);
});

Deno.test("RF33: the plan's size and quiet time go on in the next process", () => {
  const options = { cooldownMs: 600_000, queuedHigh: 10 };
  const first = bind("plan", options);
  first.step(reading({ nowMs: 50_000, workers: 3, queued: 50 }));
  // Its clock stood at 50 s; 100 s later the next one's stands at 1 s.
  const next = () => bind("plan", options);
  const second = next();
  second.resume(JSON.parse(JSON.stringify(first.kept)), { nowMs: 1_000, shiftMs: -149_000 });
  const asked = second.step(reading({ nowMs: 1_000, workers: 0, queued: 50 }));
  assertEquals([asked.floor, asked.cap], [4, 4]);
  assert(/cooldown, 500 s left/.test(asked.because), asked.because);
  const longer = next();
  longer.resume(first.kept, { nowMs: 1_000, shiftMs: 9_000_000 });
  const late = longer.step(reading({ nowMs: 1_000, workers: 0, queued: 50 }));
  assert(/cooldown, 600 s left/.test(late.because), "no longer than it was set for");
  const fresh = next();
  for (const bad of [null, 7, {}, { workers: -1, coolUntilMs: 0 }, { workers: "3" }]) {
    fresh.resume(bad, { nowMs: 1_000, shiftMs: 0 });
  }
  assertEquals(fresh.step(reading({ nowMs: 1_000, workers: 2 })).floor, 2);
});
