/** The sampler keeps its rhythm; who sees nothing changes nothing, says so, and recovers. */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { composeConfig } from "../actors/config.ts";
import type { Clock, Host } from "../actors/ports.ts";
import { Refusal } from "../actors/runtime.ts";
import { Sampler } from "../actors/sampler.ts";
import { createActor } from "xstate";
import type { HostReading } from "../messages/mailboxes.ts";
import { ManualClock } from "./manual_clock.ts";
import { orderOf } from "./orders.ts";
import { SystemStage } from "./system_stage.ts";
import { unseen } from "./unseen.ts";

const calm: HostReading = {
  cores: 2,
  cpuRatio: 0.5,
  memoryRatio: 0.5,
  memoryAvailableBytes: 1e9,
  cpuPressureRatio: 0,
  memoryPressureRatio: 0,
  ioPressureRatio: 0,
};

/** A sampler at work, and when it looked. */
function stage(
  everyMs: number,
  lateMs: () => number = () => 0,
  tookMs = 0,
  sight: Partial<HostReading> = {},
) {
  const time = new ManualClock();
  const clock: Clock = {
    nowMs: () => time.nowMs(),
    wallMs: () => time.wallMs(),
    at: (untilMs, fn) => time.at(untilMs + lateMs(), fn),
  };
  const looksMs: number[] = [];
  const walksMs: number[] = [];
  const host = {
    read() {
      looksMs.push(time.nowMs());
      time.skip(tookMs);
      return { ...calm, ...sight };
    },
    vitals: () => unseen,
    walk: () => (walksMs.push(time.nowMs()), 5_000),
  } as Partial<Host> as Host;
  const sampler = new Sampler(clock, host, everyMs);
  let ticks = 0;
  const actor = createActor(sampler.logic(() => ticks++)).start();
  return {
    time,
    sampler,
    looksMs,
    walksMs,
    ticks: () => ticks,
    see: (part: Partial<HostReading>) => sight = part,
    stop: () => actor.stop(),
  };
}

Deno.test("sampler: a minute has 60 samples, each at its second however late timers come", async () => {
  await fc.assert(
    fc.asyncProperty(fc.infiniteStream(fc.integer({ min: 0, max: 45 })), async (late) => {
      const { time, looksMs, stop } = stage(1_000, () => late.next().value);
      await time.advance(60_050);
      stop();
      const [first, soon, ...rest] = looksMs;
      assertEquals([first, soon! >= 100 && soon! < 150], [0, true]);
      assertEquals(rest.length, 60);
      rest.forEach((atMs, i) => assert(atMs >= (i + 1) * 1_000 && atMs < (i + 1) * 1_000 + 50));
    }),
    { numRuns: 20 },
  );
});

Deno.test("sampler: looks that take longer than their interval don't pile up", async () => {
  const { time, looksMs, stop } = stage(1_000, () => 0, 2_500);
  await time.advance(60_000);
  stop();
  for (let i = 1; i < looksMs.length; i++) assert(looksMs[i]! - looksMs[i - 1]! >= 2_500);
  assertEquals(time.pending, 0);
});

Deno.test("sampler: its interval is 100 ms to a minute, and what is three times as old is stale", async () => {
  for (const [everyMs, staleMs] of [[100, 3_000], [1_000, 3_000], [60_000, 180_000]] as const) {
    const { time, sampler, ticks, stop } = stage(everyMs);
    await time.advance(10 * everyMs);
    // One is taken soon after the start; at the shortest interval it is the first.
    assertEquals(ticks(), 11);
    assertEquals(sampler.staleMs, staleMs);
    stop();
  }
  const every = (everyMs: unknown) =>
    composeConfig([{ name: "test", values: { sampler: { everyMs } } }]).sampler.everyMs;
  assertEquals([every("100ms"), every("1m"), composeConfig([]).sampler.everyMs], [
    100,
    60_000,
    1_000,
  ]);
  for (const wrong of [99, "61s", 0, "often", null]) {
    try {
      every(wrong);
      assert(false, `${wrong} was taken`);
    } catch (error) {
      assert(error instanceof Refusal && error.message.includes("sampler.everyMs"), `${error}`);
    }
  }
});

Deno.test("sampler: processes are looked at at the host's pace, beside the samples", async () => {
  const { time, walksMs, stop } = stage(1_000);
  await time.advance(20_000);
  stop();
  assertEquals(walksMs, [1_000, 6_000, 11_000, 16_000]);
});

/** What the numbers of a host can be when its files are garbage or gone. */
const nonsense: readonly Partial<HostReading>[] = [
  { cpuRatio: null },
  { memoryRatio: null },
  { cpuRatio: NaN },
  { memoryRatio: NaN },
  { cpuRatio: -1 },
  { memoryRatio: 7 },
  { cpuRatio: Infinity },
  { cores: NaN },
];

Deno.test("sampler: nonsense is no look: what was seen before stays and gets older", async () => {
  for (const sight of nonsense) {
    const { time, sampler, see, stop } = stage(1_000);
    await time.advance(1_000);
    see(sight);
    await time.advance(5_000);
    assertEquals([sampler.latest, sampler.ageMs], [calm, 5_000]);
    see({});
    await time.advance(1_000);
    assertEquals(sampler.ageMs, 0);
    stop();
  }
});

Deno.test("sampler: where CPU was never seen, all else is still fresh", async () => {
  const { time, sampler, see, stop } = stage(1_000, undefined, 0, { cpuRatio: null });
  await time.advance(10_000);
  assertEquals([sampler.latest.cpuRatio, sampler.latest.memoryRatio, sampler.ageMs], [null, .5, 0]);
  see({ cpuRatio: 0.25 });
  await time.advance(1_000);
  assertEquals([sampler.latest.cpuRatio, sampler.ageMs], [0.25, 0]);
  stop();
});

/** A pool that has grown to 4 for work that goes on for some seconds, and how it changes then. */
async function grown() {
  const stage = new SystemStage({ min: 1, max: 4, part: { jobMs: 2_000, holds: true } });
  await stage.clock.advance(1_000);
  const jobs = Array.from({ length: 60 }, () => stage.system.queue.submitOne(orderOf()));
  for (let s = 0; s < 60 && stage.ready < 4; s++) await stage.clock.advance(500);
  assertEquals(stage.ready, 4);
  assert(jobs.filter(({ outcome }) => !outcome).length > 20);
  stage.facts.length = 0;
  const fallen = () =>
    stage.facts.filter((fact) => fact.type === "resized" && fact.actual < fact.from);
  const senses = () => (stage.system.controller.value as { senses: string }).senses;
  return { stage, fallen, senses };
}

Deno.test("RF29: garbage makes the controller blind, never wrong, and it recovers within 3 s", async () => {
  for (const sight of nonsense) {
    const { stage, fallen, senses } = await grown();
    stage.machine = sight;
    await stage.clock.advance(3_300);
    assertEquals([senses(), stage.alerts], ["blind", ["senses_blind"]]);
    await stage.clock.advance(600_000);
    assertEquals([fallen().length, stage.ready], [0, 4], "no scale-down for ten minutes");
    assertEquals(stage.alerts, ["senses_blind"], "it is said once");
    stage.machine = {};
    await stage.clock.advance(3_000);
    assertEquals([senses(), stage.alerts], ["seeing", ["senses_blind", "senses_back"]]);
    await stage.clock.advance(600_000);
    assertEquals([stage.ready, fallen().length > 0], [1, true]);
    await stage.system.stop();
  }
});

Deno.test("RF29: so does a sampler that hangs; one that is killed is back at once", async () => {
  const { stage, fallen, senses } = await grown();
  const { sampler } = stage.system;
  Object.assign(sampler, { sample: () => {} });
  await stage.clock.advance(3_300);
  assertEquals([senses(), stage.alerts], ["blind", ["senses_blind"]]);
  await stage.clock.advance(600_000);
  assertEquals([fallen().length, stage.ready], [0, 4]);
  delete (sampler as Partial<Sampler>).sample;
  await stage.clock.advance(3_000);
  assertEquals([senses(), stage.alerts.at(-1)], ["seeing", "senses_back"]);

  Object.assign(sampler, {
    sample() {
      delete (sampler as Partial<Sampler>).sample;
      throw new Error("killed");
    },
  });
  await stage.clock.advance(3_000);
  assertEquals([senses(), sampler.ageMs <= 1_000], ["seeing", true]);
  assertEquals([stage.alerts.at(-1), stage.gaveUp], ["actor_restarted", null]);
  await stage.system.stop();
});

Deno.test("RF29: who is blind still grows for the queue, within what was allowed", async () => {
  const { stage, senses } = await grown();
  await stage.clock.advance(600_000);
  assertEquals(stage.ready, 1);
  stage.machine = { cpuRatio: null, memoryRatio: null };
  await stage.clock.advance(4_000);
  assertEquals(senses(), "blind");
  const jobs = Array.from({ length: 20 }, () => stage.system.queue.submitOne(orderOf()));
  await stage.clock.advance(60_000);
  assertEquals(jobs.filter(({ outcome }) => outcome?.type === "done").length, 20);
  assert(stage.ready >= 1 && stage.ready <= 4, `${stage.ready}`);
  await stage.system.stop();
});
