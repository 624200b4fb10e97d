/** How objectives are met, and what became of the time of jobs. */
import { assert, assertAlmostEquals, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { composeConfig } from "../actors/config.ts";
import { Refusal } from "../actors/refusal.ts";
import { applicable, changes } from "../actors/reload.ts";
import { Objectives } from "../actors/series/objectives.ts";
import { memoryStore } from "../actors/stores/memory.ts";
import { costsSchema } from "../policies/business/costs.ts";
import { objectivesSchema } from "../policies/business/objective.ts";
import { Works } from "./business_stage.ts";
import { Lives } from "./lives.ts";
import { failed } from "./series_stage.ts";
import { WorkflowStage } from "./workflow_stage.ts";

const prices = costsSchema.parse({});

Deno.test("business: 95 good of 100 against 99 % burn the budget five times as fast as it may", async () => {
  const works = new Works(memoryStore());
  const objectives = {
    ok: { goodRatio: 0.99 },
    fast: { operation: "pay-*", latencyMs: 200, goodRatio: 0.9 },
    project: { projectId: "p", goodRatio: 0.5 },
  };
  works.series.adopt(objectivesSchema.parse(objectives), prices);
  for (let i = 0; i < 95; i++) {
    works.run({ operation: "pay-card" }, { waitMs: 100, durationMs: i < 76 ? 100 : 101 });
  }
  for (let i = 0; i < 5; i++) works.run({ operation: "pay-card" }, failed("exit"));
  works.run({ operation: "pay-card" }, failed("cancelled", "cancelled"));
  const { objectives: [fast, ok, project] } = await works.ask();
  assert(ok && fast && project);
  assertEquals([ok.name, ok.good, ok.total, ok.complianceRatio, ok.met], [
    "ok",
    95,
    100,
    0.95,
    false,
  ]);
  assertEquals(ok.burnRates, { "5m": 5, "1h": 5 });
  assertEquals([fast.good, fast.total, fast.complianceRatio], [76, 100, 0.76]);
  assertAlmostEquals(fast.burnRates["1h"]!, 2.4, 1e-9);
  assertEquals([project.total, project.met, project.burnRates], [0, null, {
    "5m": null,
    "1h": null,
  }]);
  await works.pass(600);
  const later = (await works.ask()).objectives[1]!;
  assertEquals([later.burnRates, later.good], [{ "5m": null, "1h": 5 }, 95]);
});

Deno.test("business: a job that was tried again is in time by when it was accepted", async () => {
  const works = new Works(memoryStore());
  works.series.adopt(objectivesSchema.parse({ fast: { latencyMs: 2_000 } }), prices);
  const hand = works.hire();
  for (const seconds of [1, 3]) {
    const job = works.begin(hand);
    works.fail(hand, job);
    await works.pass(seconds);
    works.again(hand, job);
    works.end(hand, job, { attempts: 2 });
  }
  const { objectives: [fast] } = await works.ask();
  assertEquals([fast?.good, fast?.total], [1, 2]);
});

Deno.test("business: a step that was tried again is in time by when it could begin", async () => {
  const stage = new WorkflowStage();
  const objectives = new Objectives(() => stage.clock.wallMs());
  objectives.adopt(objectivesSchema.parse({ fast: { latencyMs: 2_000 } }));
  const isGood = async (again: number) => {
    const { good } = objectives.all[0]!.rungs.now;
    await stage.submit({ taskId: "first" }, {
      ...{ taskId: "then", after: ["first"] },
      ...{ retries: again, backoff: { baseMs: 700, maxMs: 700 } },
    });
    const first = stage.begin()!;
    await stage.clock.advance(10_000);
    stage.finish(first);
    await stage.clock.advance(0);
    for (let i = 0; i < again; i++) {
      const job = stage.begin()!;
      await stage.clock.advance(100);
      stage.finish(job, "failed");
      await stage.clock.advance(700);
    }
    const then = stage.begin()!;
    await stage.clock.advance(100);
    stage.finish(then);
    objectives.ended(then, then.outcome!);
    await stage.clock.advance(0);
    return objectives.all[0]!.rungs.now.good > good;
  };
  // 100 ms, then 900 ms, 1.7 s and 2.5 s, each after 10 s in which it waited for the first.
  assertEquals([await isGood(0), await isGood(1), await isGood(2)], [true, true, true]);
  assertEquals(await isGood(3), false);
});

Deno.test("business: a job of an earlier life is in time by when it was accepted", async () => {
  const objectives = new Objectives(() => 0);
  objectives.adopt(objectivesSchema.parse({ fast: { latencyMs: 2_000 } }));
  const { now } = objectives.all[0]!.rungs;
  /** Waits before the death of the service and while it was gone, with failures before and after. */
  const isGood = async (waitMs: number, downMs: number, before: number, after: number) => {
    const lives = new Lives();
    await lives.next();
    const retries = before + after;
    lives.stage.add({ retries, backoff: { baseMs: 300, maxMs: 300 } });
    await lives.stage.clock.advance(waitMs);
    const fail = async (times: number) => {
      for (let i = 0; i < times; i++) {
        lives.stage.end(lives.begin(), "failed");
        await lives.stage.clock.advance(300);
      }
    };
    await fail(before);
    await lives.next(downMs);
    await fail(after);
    const job = lives.begin();
    const { clock } = lives.stage;
    lives.stage.end(job, "done", { waitMs: clock.nowMs() - job.dueMs, durationMs: 0 });
    const { good } = now;
    objectives.ended(job, job.outcome!);
    return now.good > good;
  };
  for (const [before, after] of [[0, 0], [1, 0], [2, 0], [0, 1], [2, 1]] as const) {
    const restMs = 2_000 - 300 * (before + after);
    for (const waitMs of [0, 500]) {
      const good = await isGood(waitMs, restMs - waitMs, before, after);
      const late = await isGood(waitMs, restMs - waitMs + 1, before, after);
      assertEquals([before, after, waitMs, good, late], [before, after, waitMs, true, false]);
    }
  }
});

Deno.test("business: jobs that wait long may be good by how long they run", async () => {
  const works = new Works(memoryStore());
  const said = { operation: "pay-*", durationMs: 200 };
  works.series.adopt(
    objectivesSchema.parse({ run: said, both: { ...said, latencyMs: 300 } }),
    prices,
  );
  for (const [waitMs, durationMs] of [[9_000, 200], [50, 201], [100, 200], [101, 200]]) {
    works.run({ operation: "pay-card" }, { waitMs: waitMs!, durationMs: durationMs! });
  }
  const { objectives: [both, run] } = await works.ask();
  assertEquals([run?.durationMs, run?.latencyMs, run?.good, run?.total], [200, null, 3, 4]);
  assertEquals([both?.durationMs, both?.latencyMs, both?.good, both?.total], [200, 300, 1, 4]);
});

Deno.test("business: jobs that take a third less time are a gain, and the same ones are not", async () => {
  const works = new Works(memoryStore());
  const play = async (factor: number) => {
    for (let i = 0; i < 300; i++) {
      works.run({ operation: "quick" }, { durationMs: (60 + i % 90) * factor });
      works.run({ operation: "same" }, { durationMs: 600 + (i * 37) % 90 });
    }
    works.run({ operation: "rare" }, { durationMs: 5 });
    await works.pass(60);
  };
  await play(1);
  assertEquals((await works.ask()).gains, []);
  await play(2 / 3);
  const [all, quick, same] = (await works.ask()).gains;
  assert(all && quick && same);
  assertEquals([quick.operation, quick.verdict], ["quick", "faster"]);
  assertAlmostEquals(quick.gainRatio, 1 / 3, 0.02);
  assertEquals([same.operation, same.verdict], ["same", "unproven"]);
  assertEquals([all.operation, all.verdict], [null, "faster"]);
  assertAlmostEquals(all.gainRatio, 35 / 750, 0.02);
});

Deno.test("business: more jobs of a slow operation are no loss", async () => {
  const works = new Works(memoryStore());
  const play = async (slow: number, quick: number) => {
    for (let i = 0; i < slow; i++) works.run({ operation: "slow" }, { durationMs: 900 + i % 200 });
    for (let i = 0; i < quick; i++) works.run({ operation: "quick" }, { durationMs: 9 + i % 3 });
    await works.pass(60);
  };
  await play(200, 1_000);
  await play(1_000, 200);
  const { gains } = await works.ask();
  assertEquals(gains.map(({ verdict }) => verdict), ["unproven", "unproven", "unproven"]);
});

const compose = (values: unknown) => composeConfig([{ name: "test", values }]);

Deno.test("objectives: a configuration has them with units, and what can't be is refused", () => {
  const { slo } = compose({
    slo: { pay: { operation: "pay-*", latencyMs: "2s", goodRatio: "95%" } },
  });
  assertEquals(slo.pay, {
    ...{ operation: "pay-*", projectId: null },
    ...{ latencyMs: 2_000, durationMs: null, goodRatio: 0.95 },
  });
  const many = Object.fromEntries(Array.from({ length: 33 }, (_, i) => [`o${i}`, {}]));
  for (
    const [values, words] of [
      [{ slo: { pay: { goodRatio: 1 } } }, /slo\.pay\.goodRatio/],
      [{ slo: { pay: { latencyMs: 0 } } }, /slo\.pay\.latencyMs/],
      [{ slo: { pay: { durationMs: "a" } } }, /slo\.pay\.durationMs/],
      [{ slo: { "a b": {} } }, /slo.*letters, digits/],
      [{ slo: many }, /at most 32 objectives/],
      [{ costs: { workerPerHour: -1 } }, /costs\.workerPerHour/],
      [{ costs: { workerPerDay: 1 } }, /costs\.workerPerDay/],
    ] as const
  ) {
    const refused = assertThrows(() => compose(values), Refusal);
    assertMatch(refused.issues.map(({ message }) => message).join(), words);
  }
});

Deno.test("objectives: they and prices are heeded at a reload, and counted on", async () => {
  const before = compose({});
  const after = compose({ slo: { ok: {} }, costs: { cpuPerHour: 1 } });
  assertEquals(changes(before, after).map(({ live }) => live), [true, true]);
  assertEquals(applicable(before, after), after);
  const works = new Works(memoryStore());
  works.series.adopt(after.slo, after.costs);
  works.run();
  works.series.adopt(compose({ slo: { ok: { goodRatio: 0.5 }, new: {} } }).slo, after.costs);
  works.run();
  const { objectives } = await works.ask();
  assertEquals(objectives.map(({ name, total }) => [name, total]), [["new", 1], ["ok", 2]]);
});
