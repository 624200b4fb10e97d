/** A host that runs out of memory: what a pool gives back, when, and that it is on record. */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { composeConfig } from "../actors/config.ts";
import { guardsOf } from "../actors/reload.ts";
import type { Reading } from "../messages/signals.ts";
import { bindConstraint, type Guard } from "../policies/constraints/mod.ts";
import { bind } from "../policies/scaling/mod.ts";
import { reevaluate } from "../policies/scaling/record.ts";
import { orderOf } from "./orders.ts";
import { anyReading, readingOf } from "./readings.ts";
import { SystemStage } from "./system_stage.ts";

/** One look a second at a host whose memory is as told; what the pool may have then. */
function looks(memories: readonly Partial<Reading>[], options: object = {}) {
  const guard = bindConstraint("emergency", options);
  const pool = { workers: 8, starting: 0, idle: 3, running: 20, memoryRatio: .5 };
  return memories.map((memory, s) => {
    const reading = { ...pool, nowMs: 1_000 * s, hostAgeMs: 0, memoryPressureRatio: 0, ...memory };
    const said = guard.constrain(readingOf(reading));
    return said && [said.cap, said.runningMax];
  });
}

const stalled = { memoryPressureRatio: .11 };

Deno.test("emergency: nobody idles at once, then an eighth less with each look, one is left", () => {
  const lasting = looks([{}, ...Array.from({ length: 30 }, () => stalled)]);
  assertEquals(lasting.slice(0, 4), [null, [5, 20], [4, 17], [3, 14]]);
  assertEquals(lasting.at(-1), [1, 1]);
  assertEquals(looks([stalled, stalled, stalled], { min: 4 }).at(-1), [4, 14]);
});

Deno.test("emergency: begins above a tenth stalled or 95 % used, ends well below", () => {
  assertEquals(looks([{ memoryPressureRatio: .1 }, { memoryRatio: .95 }]), [null, null]);
  const over = (memory: Partial<Reading>) => looks([{ memoryRatio: .96 }, memory])[1] === null;
  assertEquals(over({ memoryPressureRatio: .05 }), false);
  assertEquals(over({ memoryRatio: .9 }), false);
  assertEquals(over({ memoryPressureRatio: .04, memoryRatio: .89 }), true);
});

Deno.test("emergency: looks at the same sample once, and who is blind knows nothing new", () => {
  const told = looks([stalled, { ...stalled, hostAgeMs: 1_000 }, { hostAgeMs: 60_000 }]);
  assertEquals(told, [[5, 20], [5, 20], [5, 20]]);
  assertEquals(looks([stalled], { giveBack: false }), [null]);
  const idle = (options: object, reading = readingOf()) =>
    bindConstraint("emergency", options).idle!(reading);
  assertEquals(idle({ giveBack: false }), "it is switched off");
  const unseen = readingOf({ memoryRatio: null, memoryPressureRatio: null });
  assertEquals(idle({}, unseen), "the memory of the host is unknown");
});

Deno.test("emergency: never caps below the smallest size, never rises while it lasts", () => {
  fc.assert(fc.property(fc.array(anyReading), fc.nat(8), (readings, min) => {
    const guard = bindConstraint("emergency", { min });
    let last = Infinity;
    for (const [i, reading] of readings.entries()) {
      const said = guard.constrain({ ...reading, nowMs: 1_000 * i, hostAgeMs: 0, hostStaleMs: 1 });
      if (said) assert(said.cap! >= Math.max(1, min) && said.cap! <= Math.max(last, 0));
      last = said?.cap ?? Infinity;
    }
  }));
});

/** A pool of 6 with so many jobs, and what it is made of. */
async function atWork(count: number) {
  const stage = new SystemStage({ min: 1, max: 6, part: { jobMs: 60_000 } });
  const guards = [
    bindConstraint("bounds", { min: 1, max: 6 }),
    bindConstraint("emergency", { min: 1 }),
  ];
  stage.system.seat({ policies: [bind("fixed", { workers: 6 })], guards });
  await stage.clock.advance(2_000);
  const jobs: ReturnType<typeof stage.system.queue.submitOne>[] = [];
  for (let i = 0; i < count; i++) {
    jobs.push(stage.system.queue.submitOne(orderOf()));
    await stage.clock.advance(30);
  }
  return { stage, jobs };
}

Deno.test("emergency: within one tick idle workers go, on record with its reason and an alert", async () => {
  const { stage } = await atWork(4);
  const { clock, system } = stage;
  assertEquals(system.pool.links.filter(({ idle }) => idle).length, 2);
  stage.machine = { memoryPressureRatio: .12 };
  const { latest } = system.sampler;
  while (system.sampler.latest === latest) await clock.advance(10);
  // The host was seen just now: the next look at the pool acts.
  await clock.advance(260);
  assertEquals(system.pool.links.length, 4);
  const decision = system.controller.decisions().at(-1)!;
  assertEquals([decision.adopted, decision.envelope.cap, decision.winner], [true, 4, "emergency"]);
  assertEquals(
    decision.because,
    "the host runs out of memory: 10 % used, stalled 12 % of the time",
  );
  assertEquals(reevaluate(decision).envelope, decision.envelope);
  assert(stage.alerts.includes("memory_short"));
  const resized = stage.facts.findLast((fact) => fact.type === "resized");
  assertEquals([resized?.from, resized?.actual, resized?.decision], [6, 4, decision.id]);
  await system.stop();
});

Deno.test("emergency: the latest job is put back first, none is lost, and the pool comes back", async () => {
  const { stage, jobs } = await atWork(48);
  const { clock, system } = stage;
  const running = () => jobs.filter(({ state }) => state === "running");
  assertEquals(running().length, 48);
  stage.machine = { memoryPressureRatio: .5 };
  // With the second look one worker has to go; its jobs have 5 s, and are asked to end then.
  await clock.advance(7_500);
  assertEquals([jobs[1]!.state, jobs.at(-1)!.state], ["running", "waiting"]);
  await clock.advance(20_000);
  assertEquals([stage.ready, running().length], [1, 8]);
  stage.machine = {};
  await clock.advance(4_000);
  assertEquals([stage.ready, stage.alerts.at(-1)], [6, "memory_back"]);
  await clock.advance(200_000);
  assertEquals(jobs.map(({ outcome }) => outcome?.type), Array(48).fill("done"));
  assertEquals(jobs.filter(({ strikes, suspect }) => strikes > 0 || suspect), []);
  await system.stop();
});

Deno.test("emergency: another configuration does not end it, nor any other constraint that it leaves alone", () => {
  const guards = (pool: object, before?: readonly Guard[]) => {
    const { pools, costs } = composeConfig([{ name: "t", values: { pools: { default: pool } } }]);
    return guardsOf(pools.default!, { cores: 2, memoryAvailableBytes: 4e9 }, costs, before);
  };
  const capOf = (all: readonly Guard[], reading: Reading) =>
    all.find(({ name }) => name === "emergency")!.constrain(reading)?.cap;
  const look = (nowMs: number, part: Partial<Reading> = {}) =>
    readingOf({ nowMs, workers: 8, idle: 3, running: 20, ...part });
  const before = guards({ workers: { max: 8 } });
  assertEquals(capOf(before, look(1_000, { memoryRatio: .99 })), 5);
  assertEquals(capOf(before, look(2_000, { memoryRatio: .99 })), 4);
  const after = guards({ workers: { max: 9 } }, before);
  assertEquals(capOf(after, look(3_000, { memoryRatio: .92 })), 3, "it goes on where it was");
  const same = after.filter((guard) => before.includes(guard)).map(({ name }) => name);
  assertEquals(same, [
    "spares",
    "cost",
    "thermal",
    "emergency",
    "swap",
    "gain",
    "retries",
    "reversals",
  ]);
  const other = guards({ workers: { max: 9 }, emergency: { drainMs: 1 } }, after);
  assertEquals(capOf(other, look(4_000, { memoryRatio: .92 })), undefined, "others begin anew");
});

Deno.test("emergency: a service has it by default, and may switch it off", () => {
  const guard = (emergency: object) => {
    const values = { pools: { default: { workers: { min: 2 }, emergency } } };
    const { pools, costs } = composeConfig([{ name: "t", values }]);
    const guards = guardsOf(pools.default!, { cores: 2, memoryAvailableBytes: 4e9 }, costs);
    return guards.find(({ name }) => name === "emergency")!;
  };
  const reading = readingOf({ memoryRatio: .99, workers: 1, starting: 0, idle: 1, running: 0 });
  const said = guard({ drainMs: 1_000 }).constrain(reading)!;
  assertEquals([said.cap, said.runningMax, said.drainMs], [2, 1, 1_000]);
  assertEquals(guard({ giveBack: false }).constrain(reading), null);
});
