/** A service that is short of something leaves undone what nobody waits for, and takes it up again. */
import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import fc from "fast-check";
import { composeConfig } from "../actors/config.ts";
import { isLive } from "../actors/reload.ts";
import { Refusal } from "../actors/runtime.ts";
import { statusOf } from "../actors/status.ts";
import { whyPool } from "../actors/why_pool.ts";
import type { Priority } from "../messages/job.ts";
import type { Status } from "../messages/status.ts";
import { bindConstraint } from "../policies/constraints/mod.ts";
import { bright, brownoutSchema, dim, type Strain } from "../policies/detectors/brownout.ts";
import { simulateTrace } from "../service/simulations.ts";
import type { Call } from "../service/call.ts";
import { AlertsStage } from "./alerts_stage.ts";
import { orderOf } from "./orders.ts";
import { obstacles, stuckPool } from "./stuck_pool.ts";
import { SystemStage } from "./system_stage.ts";

const usual = brownoutSchema.parse({});
const calm: Omit<Strain, "nowMs"> = {
  ...{ lateMs: 2, memoryRatio: .5, memoryPressureRatio: 0, queueRatio: 0 },
};

/** The levels after looks that are a second apart, and when each was entered, s. */
function levels(strains: readonly Partial<Strain>[], options: object = {}) {
  let standing = bright;
  const all = brownoutSchema.parse(options);
  return strains.map((strain, s) => {
    standing = dim(standing, { ...calm, ...strain, nowMs: 1_000 * s }, all);
    return standing.level;
  });
}

const many = (count: number, strain: Partial<Strain>) => Array<Partial<Strain>>(count).fill(strain);
const entered = (all: readonly number[]) =>
  all.flatMap((level, s) => level === (all[s - 1] ?? 0) ? [] : [[s, level]]);

Deno.test("brownout: a level is entered where a shortage lasts, one after the other, and left so", () => {
  const full = levels([...many(20, { queueRatio: .96 }), ...many(80, {})]);
  assertEquals(entered(full), [[3, 1], [6, 2], [50, 1], [80, 0]]);
  assertEquals(entered(levels(many(20, { queueRatio: .85 }))), [[3, 1]]);
  // Two seconds now and then are none.
  const spikes = Array.from({ length: 60 }, (_, s) => ({ lateMs: s % 4 < 3 ? 5_000 : 0 }));
  assertEquals(entered(levels(spikes)), []);
});

Deno.test("brownout: each measure has marks of its own, and what is unknown is none", () => {
  const table: readonly [Partial<Strain>, number][] = [
    [{ lateMs: 249 }, 0],
    [{ lateMs: 250 }, 1],
    [{ lateMs: 1_000 }, 2],
    [{ memoryRatio: .89 }, 0],
    [{ memoryRatio: .9 }, 1],
    [{ memoryRatio: .951 }, 2],
    [{ memoryPressureRatio: .05 }, 1],
    [{ memoryPressureRatio: .1 }, 2],
    [{ queueRatio: .79 }, 0],
    [{ queueRatio: .95 }, 2],
    [{ memoryRatio: null, memoryPressureRatio: NaN }, 0],
    [{ lateMs: 300, memoryRatio: .99 }, 2],
  ];
  for (const [strain, level] of table) {
    assertEquals(levels(many(9, strain)).at(-1), level, JSON.stringify(strain));
  }
  assertEquals(levels(many(9, { lateMs: 5_000 }), { levelsMax: 1 }).at(-1), 1);
  assertEquals(levels(many(9, { lateMs: 5_000 }), { levelsMax: 0 }).at(-1), 0);
});

Deno.test("brownout: what moves about a mark is one level until it is well below", () => {
  const about = Array.from({ length: 600 }, (_, s) => ({ queueRatio: s % 2 ? .81 : .76 }));
  assertEquals(entered(levels([...many(5, { queueRatio: .81 }), ...about])), [[3, 1]]);
  const over = levels([...many(5, { queueRatio: .81 }), ...many(40, { queueRatio: .74 })]);
  assertEquals(entered(over), [[3, 1], [35, 0]]);
});

Deno.test("brownout: whatever is seen, levels change by one, none sooner than it may", () => {
  const ratio = fc.option(fc.double({ min: 0, max: 1, noNaN: true }));
  const strain = fc.record({
    lateMs: fc.double({ min: 0, max: 2_000, noNaN: true }),
    memoryRatio: ratio,
    memoryPressureRatio: ratio,
    queueRatio: fc.double({ min: 0, max: 1, noNaN: true }),
    passedMs: fc.integer({ min: 1, max: 20_000 }),
  });
  fc.assert(fc.property(fc.array(strain, { maxLength: 100 }), (strains) => {
    let [standing, nowMs, changedMs] = [bright, 0, -Infinity];
    for (const { passedMs, ...seen } of strains) {
      const next = dim(standing, { ...seen, nowMs: nowMs += passedMs }, usual);
      const step = next.level - standing.level;
      assert(Math.abs(step) <= 1 && next.level >= 0 && next.level <= 2);
      assertEquals(next.because === null, next.level === 0);
      if (step !== 0) {
        assert(nowMs - changedMs >= (step > 0 ? usual.enterMs : usual.leaveMs));
        changedMs = nowMs;
      }
      standing = next;
    }
  }));
});

/** A system whose queue holds twenty jobs, none of which ends, with so many of them in it. */
async function filled(jobs: number) {
  const stage = new SystemStage({ min: 2, max: 4, part: { jobMs: 1e9, holds: true } });
  const { system, clock } = stage;
  system.queue.ingress.limits = { jobsMax: 20, bytesMax: 1e9 };
  await clock.advance(2_000);
  const all = Array.from({ length: jobs }, () => system.queue.submitOne(orderOf()));
  const add = (priority: Priority) => system.queue.submitOne(orderOf({ priority }));
  const end = () => all.forEach((job) => system.cancel(job, "enough"));
  const status = () => statusOf(system, { version: "0", startedAt: 0, tasks: [] });
  return { stage, system, clock, add, end, status };
}

Deno.test("brownout: a full queue is met by doing less, in two steps, and it is over by itself", async () => {
  const { stage, system, clock, add, end, status } = await filled(19);
  const news = () => stage.alerts.filter((code) => code.startsWith("brownout"));
  const since = () => system.controller.decisions().at(-1)!.id;
  const made = (after: number) => system.controller.decisions().filter(({ id }) => id > after);
  assertEquals([system.brownout.level, status().brownout], [0, undefined]);
  await clock.advance(5_000);
  assertEquals([system.brownout.level, system.sampler.pace, news().length], [1, 5, 1]);
  assertEquals(system.queue.gates.results.fills, false);
  const { brownout, verdict } = status();
  assertEquals([brownout!.level, brownout!.because], [1, "the queue is 95 % full"]);
  assertMatch(verdict, / \(brownout level 1 as the queue is 95 % full\)$/);
  assertMatch(whyPool(system, "default").because, /Meanwhile: brownout level 1 as the queue is/);

  const before = since();
  const bounds = bindConstraint("bounds", { min: 3, max: 4 });
  system.seat({ policies: system.home.council.policies, guards: [bounds] });
  await clock.advance(500);
  assert(made(before).length > 0 && made(before).every(({ prospects }) => prospects!.length === 0));
  add("low");
  await clock.advance(3_000);
  assertEquals(system.brownout.level, 2);
  const { code } = assertThrows(() => add("low"), Refusal);
  assertEquals(code, "overloaded");

  end();
  await clock.advance(28_000);
  assertEquals(system.brownout.level, 2);
  await clock.advance(5_000);
  assertEquals([system.brownout.level, system.sampler.pace], [1, 5]);
  add("low");
  await clock.advance(30_000);
  assertEquals([system.brownout.level, system.sampler.pace, status().brownout], [0, 1, undefined]);
  assertEquals(system.queue.gates.results.fills, true);
  assertEquals(news(), ["brownout", "brownout", "brownout", "brownout_over"]);
  await system.stop();
});

Deno.test("brownout: a host without memory is met in the same way", async () => {
  const { stage, system, clock } = await filled(0);
  stage.machine = { memoryRatio: .99 };
  await clock.advance(9_000);
  assertEquals(system.brownout.level, 2);
  assertMatch(system.brownout.status!.because, /99 % of memory is used/);
  stage.machine = {};
  await clock.advance(64_000);
  assertEquals(system.brownout.level, 0);
  await system.stop();
});

Deno.test("brownout: who comes late to each look is short of time; a pause is not", async () => {
  const { system, clock } = await filled(0);
  for (let s = 0; s < 6; s++) {
    clock.skip(1_400);
    await clock.advance(1);
  }
  assertEquals(system.brownout.level, 1);
  assertMatch(system.brownout.status!.because, /^the service is 4\d\d ms late$/);
  await clock.advance(40_000);
  clock.skip(600_000);
  await clock.advance(20_000);
  assertEquals(system.brownout.level, 0);
  await system.stop();
});

Deno.test("brownout: no trial of a size is begun, and a held size stays", () => {
  const stuck = obstacles.find(({ cause }) => cause === "downstream")!;
  const said = (brownout: (nowMs: number) => number) =>
    stuckPool(stuck, 360_000, undefined, undefined, (nowMs) => ({ brownout: brownout(nowMs) }))
      .map(({ said }) => said?.cap ?? null);
  assert(said(() => 0).some((cap) => cap !== null));
  assert(said(() => 1).every((cap) => cap === null));
});

Deno.test("brownout: an incident goes with it, critical at the second level", async () => {
  const stage = await new AlertsStage().start();
  await stage.pass(2_000, { brownout: { level: 1, because: "the queue is 83 % full" } });
  await stage.pass(2_000, { brownout: { level: 2, because: "the queue is 97 % full" } });
  await stage.pass(2_000, { brownout: null });
  assertEquals(stage.news, [
    "alertRaised warning brownout",
    "alertEscalated critical brownout",
    "alertCleared critical brownout",
  ]);
  assertEquals(
    stage.notes[0]!.incident.message,
    "The service does less (level 1): the queue is 83 % full",
  );
  await stage.supervisor.stop();
});

Deno.test("brownout: no simulation is begun meanwhile", () => {
  const brownout = { level: 1, because: "the queue is 83 % full", since: "" };
  const handler = simulateTrace({ status: () => ({ brownout }) as Status }, AbortSignal.abort());
  const headers = { "content-type": "application/json" };
  const raw = new Request("http://x", { method: "POST", headers, body: "{}" });
  return Promise.resolve(handler({ req: { raw } } as unknown as Call)).then(
    () => assert(false, "it was begun"),
    (error) => {
      assertEquals([error.code, error.retryAfterMs], ["overloaded", 10_000]);
      assertMatch(error.message, /brownout level 1 as the queue is 83 % full$/);
    },
  );
});

Deno.test("brownout: its options are heeded at once, and refused where they can't be", () => {
  assert(isLive("brownout.lateMs"));
  const compose = (brownout: object) =>
    composeConfig([{ name: "t", values: { brownout } }]).brownout;
  assertEquals(compose({ enterMs: "5s", queueRatio: "70%" }), {
    ...usual,
    enterMs: 5_000,
    queueRatio: .7,
  });
  for (const wrong of [{ levelsMax: 3 }, { lateMs: 0 }, { queueRatio: 2 }, { unknown: 1 }]) {
    assertThrows(() => compose(wrong), Refusal, `brownout.${Object.keys(wrong)[0]}`);
  }
});
