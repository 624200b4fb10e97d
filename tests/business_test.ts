import { assert, assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import { Refusal } from "../actors/refusal.ts";
import { memoryStore } from "../actors/stores/memory.ts";
import { sqliteStore } from "../actors/stores/sqlite/mod.ts";
import { billOf, costsSchema } from "../policies/business/costs.ts";
import { objectivesSchema } from "../policies/business/objective.ts";
import { used, Works } from "./business_stage.ts";
import { ManualClock } from "./manual_clock.ts";
import type { BusinessWindow } from "../messages/business.ts";
import { failed, noon } from "./series_stage.ts";

const prices = costsSchema.parse({
  ...{ currency: "EUR", workerPerHour: 36, cpuPerHour: 7.2, gbPerHour: 3.6, ioPerGb: 0.5 },
});

Deno.test("business: a scripted run has exact shares by project and window", async () => {
  const works = new Works(memoryStore());
  const { series } = works;
  for (let i = 0; i < 6; i++) works.run({ projectId: "p" });
  works.run({ projectId: "p" }, { attempts: 3 });
  works.run({ projectId: "p" }, failed("exit"));
  works.run({ projectId: "p" }, { ...failed("signal", "dead"), attempts: 2 });
  works.run({ projectId: "p" }, failed("cancelled", "cancelled"));
  for (let i = 0; i < 3; i++) works.run({ projectId: "q" });
  works.run({ projectId: "q" }, failed("dependency"));
  const helped = works.begin(works.hire(), { projectId: "q" });
  series.hands.take(helped);
  works.end(works.workers[0]!, helped);
  for (const window of ["5m", "1h", "1d", "7d", "30d"] as const) {
    const { all, items } = await works.ask({ window, by: "projectId" });
    const [p, q] = items;
    assert(p && q);
    assertEquals([p.labels, p.ended, p.done], [{ projectId: "p" }, 10, 7]);
    assertEquals([p.completionRatio, p.autonomousRatio], [0.7, 0.7]);
    assertEquals([p.errors, p.resolved, p.resolvedRatio], [3, 1, 1 / 3]);
    assertEquals([p.errorRatio, p.retryRatio], [2 / 9, 2 / 10]);
    assertEquals([q.ended, q.done, q.completionRatio, q.autonomousRatio], [5, 4, 0.8, 0.6]);
    assertEquals([q.errors, q.errorRatio, q.resolvedRatio], [0, 0, null]);
    assertEquals([all.ended, all.done, all.completionRatio], [15, 11, 11 / 15]);
    assertEquals([p.cost, p.idleCost, p.errorWay], [null, null, null]);
  }
  await works.pass(400);
  assertEquals((await works.ask({ window: "5m" })).items, []);
  assertEquals((await works.ask({ window: "1h" })).all.completionRatio, 11 / 15);
});

Deno.test("business: a job that was put back has one end, the last, in every window", async () => {
  const store = memoryStore();
  const works = new Works(store);
  const ratios = async (...windows: readonly BusinessWindow[]) => {
    const asked = windows.map(async (window) => {
      const { all } = await works.ask({ window });
      return [all.ended, all.done, all.completionRatio, all.autonomousRatio];
    });
    return await Promise.all(asked);
  };
  const hand = works.hire();
  works.run();
  const jobs = [works.begin(hand), works.begin(hand)];
  for (const job of jobs) works.end(hand, job, failed("exit"));
  const endedAt = works.clock.wallMs();
  assertEquals(await ratios("5m", "1d"), [[3, 1, 1 / 3, 1 / 3], [3, 1, 1 / 3, 1 / 3]]);
  await works.pass(600);
  for (const job of jobs) works.series.redriven(job, endedAt);
  assertEquals(await ratios("5m", "1h"), [[0, 0, null, null], [1, 1, 1, 1]], "they are open");
  works.again(hand, jobs[0]!);
  works.end(hand, jobs[0]!);
  assertEquals(await ratios("5m", "1h"), [[1, 1, 1, 0], [2, 2, 1, .5]]);
  works.again(hand, jobs[1]!);
  works.end(hand, jobs[1]!, failed("exit"));
  works.series.redriven(jobs[1]!, works.clock.wallMs());
  works.again(hand, jobs[1]!);
  works.end(hand, jobs[1]!);
  const all = [[2, 2, 1, 0], [3, 3, 1, 1 / 3], [3, 3, 1, 1 / 3], [3, 3, 1, 1 / 3]];
  assertEquals(await ratios("5m", "1h", "1d", "7d"), all);
  await works.pass(120);
  assertEquals(await ratios("5m", "1h", "1d", "7d"), all, "as the store has it");
});

Deno.test("business: two of four workers busy for 50 s of 100 s are used by a quarter", async () => {
  const works = new Works(memoryStore());
  const hands = [1, 2, 3, 4].map(() => works.hire());
  const jobs = [works.begin(hands[0]!, { operation: "a" }), works.begin(hands[1]!)];
  await works.pass(50);
  for (const [i, job] of jobs.entries()) works.end(hands[i]!, job);
  await works.pass(50);
  const { utilisation, items } = await works.ask();
  assertEquals(utilisation, { workerSeconds: 400, busySeconds: 100, busyRatio: 0.25 });
  assertEquals(items.map(({ workerSeconds }) => workerSeconds), [50, 50]);
});

Deno.test("business: jobs side by side share the time of their worker by how long they ran", async () => {
  const works = new Works(memoryStore());
  const hand = works.hire();
  const long = works.begin(hand, { operation: "long" });
  await works.pass(10);
  const brief = works.begin(hand, { operation: "brief" });
  await works.pass(10);
  works.end(hand, brief);
  await works.pass(10);
  works.end(hand, long);
  const { items, utilisation } = await works.ask();
  const of = (name: string) => items.find(({ labels }) => labels.operation === name)?.workerSeconds;
  assertEquals([utilisation.busySeconds, of("long"), of("brief")], [30, 25, 5]);
});

Deno.test("business: an attempt that failed and one that was lost cost what they used", async () => {
  const works = new Works(memoryStore());
  works.series.adopt({}, prices);
  const hand = works.hire();
  const job = works.begin(hand);
  await works.clock.advance(500);
  works.fail(hand, job, used(0.5, 1e9, 1e9));
  await works.clock.advance(500);
  works.series.tick();
  works.again(hand, job);
  await works.pass(2);
  works.end(hand, job, { attempts: 2, ...used(1, 1e9, 0) });
  const lost = works.begin(hand);
  await works.pass(3);
  hand.begun.pop();
  works.series.lost([lost]);
  await works.pass(1);
  const { all, costs, utilisation } = await works.ask();
  assertEquals([all.cpuSeconds, all.ioBytes, all.gbSeconds], [1.5, 1e9, 2.5]);
  // The worker is not told that its job is gone, so it has a job in the last second, too.
  assertEquals([all.workerSeconds, utilisation.workerSeconds], [5.5, 7]);
  assertAlmostEquals(costs!.jobs, 5.5 * .01 + 1.5 * .002 + 2.5 * .001 + .5, 1e-9);
  assertAlmostEquals(costs!.idle, 1.5 * .01, 1e-9);
});

Deno.test("business: what jobs cost and what idle workers cost are all that was paid for", async () => {
  const event = fc.record({
    kind: fc.constantFrom("hire", "begin", "end", "fail", "pass"),
    hand: fc.nat(3),
    operation: fc.constantFrom("a", "b", "c"),
    projectId: fc.constantFrom("p", "q"),
    amount: fc.double({ min: 0, max: 10, noNaN: true }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(event, { minLength: 1, maxLength: 60 }), async (events) => {
      const works = new Works(memoryStore());
      works.series.adopt({}, prices);
      let paid = 0;
      let [cpuSeconds, ioBytes] = [0, 0];
      for (const { kind, hand: n, operation, projectId, amount } of events) {
        const hand = works.workers[n];
        const job = hand?.begun[0];
        const part = used(amount, amount * 1e8, amount * 1e9);
        if (kind === "hire" && works.workers.length < 4) works.hire();
        else if (kind === "begin" && hand) works.begin(hand, { operation, projectId });
        else if ((kind === "end" || kind === "fail") && hand && job) {
          works[kind](hand, job, part);
          [cpuSeconds, ioBytes] = [cpuSeconds + amount, ioBytes + amount * 1e9];
        } else if (kind === "pass") {
          const steps = 1 + Math.floor(amount);
          paid += works.workers.length * steps * .01;
          await works.pass(steps);
        }
      }
      paid += cpuSeconds * .002 + ioBytes / 1e9 * .5;
      for (const by of ["operation", "projectId", "all"] as const) {
        const { items, costs, all, utilisation } = await works.ask({ by, window: "1d" });
        assert(costs && utilisation.busySeconds <= utilisation.workerSeconds + 1e-9);
        const sum = items.reduce((sum, { cost }) => sum + cost!, 0);
        assertAlmostEquals(sum + costs.idle, costs.total, 1e-6);
        assertAlmostEquals(paid + all.gbSeconds * .001, costs.total, 1e-6);
        const idle = items.reduce((sum, { idleCost }) => sum + idleCost!, 0);
        if (all.workerSeconds > 0) assertAlmostEquals(idle, costs.idle, 1e-6);
        assert(
          all.workerSeconds <= utilisation.busySeconds + 1e-9,
          "given out more than there was",
        );
      }
    }),
    { numRuns: 40 },
  );
});

Deno.test("bill: the costs of all uses and of idle workers are the whole", () => {
  const amount = fc.double({ min: 0, max: 1e6, noNaN: true });
  const use = fc.record({
    ...{ workerSeconds: amount, cpuSeconds: amount, gbSeconds: amount, ioBytes: amount },
  });
  fc.assert(fc.property(fc.array(use), amount, (uses, spareSeconds) => {
    const busy = uses.reduce((sum, { workerSeconds }) => sum + workerSeconds, 0);
    const bill = billOf(uses, busy + spareSeconds, prices);
    const sum = (costs: readonly number[]) => costs.reduce((sum, cost) => sum + cost, 0);
    assertAlmostEquals(sum(bill.costs) + bill.idle, bill.total, 1e-6);
    if (busy > 0) assertAlmostEquals(sum(bill.idleCosts), bill.idle, 1e-6);
    assertAlmostEquals(bill.idle, spareSeconds * .01, 1e-4);
  }));
});

Deno.test("business: a share that rises over the window is said to", async () => {
  const works = new Works(memoryStore());
  for (let part = 0; part < 60; part++) {
    for (let i = 0; i < 60; i++) {
      works.run({ operation: "worse" }, i < part ? failed("exit") : {});
      works.run({ operation: "better" }, { attempts: i < part ? 1 : 2 });
      works.run({ operation: "same" }, i < 7 ? failed("exit") : {});
    }
    await works.pass(60);
  }
  const { items } = await works.ask({ window: "1h" });
  const ways = Object.fromEntries(
    items.map(({ labels, errorWay, retryWay }) => [labels.operation, [errorWay, retryWay]]),
  );
  assertEquals(ways, {
    worse: ["rising", "steady"],
    better: ["steady", "falling"],
    same: ["steady", "steady"],
  });
});

Deno.test("business: a restart changes no answer", async () => {
  const directory = await Deno.makeTempDir();
  try {
    const clock = new ManualClock(noon);
    let store = await sqliteStore({ directory, clock });
    const open = () => {
      const works = new Works(store, clock);
      works.series.adopt(objectivesSchema.parse({ ok: {} }), prices);
      return works;
    };
    const answers = (works: Works) =>
      Promise.all(
        (["5m", "1h", "1d", "7d", "30d"] as const).flatMap((window) =>
          (["operation", "projectId"] as const).map((by) => works.ask({ window, by }))
        ),
      );
    let works = open();
    const hand = works.hire();
    for (let i = 0; i < 250; i++) {
      const job = works.begin(hand, { operation: `o${i % 2}`, projectId: "p" });
      if (i % 10 === 0) await works.pass(3);
      if (i % 60 === 0) works.series.hands.take(job);
      works.end(hand, job, i % 7 === 0 ? failed("exit") : used(.5, 1e9, 1e6));
    }
    for (let i = 0; i < 400; i++) works.run({ operation: `o${i % 2}` }, { durationMs: i });
    await works.pass(11);
    for (let i = 0; i < 400; i++) works.run({ operation: `o${i % 2}` }, { durationMs: i });
    hand.alive = false;
    await works.pass(11);
    works.series.hands.take({ id: 7_777 });
    const before = await answers(works);
    assertEquals(before[0]!.gains.length, 3);
    assertEquals(before[0]!.objectives[0]?.total! > 0, true);
    works.series.close();
    await store.close();
    store = await sqliteStore({ directory, clock });
    works = open();
    const snapshots = new Map<string, unknown>();
    for await (const page of store.recover()) {
      if (page.type !== "snapshots") continue;
      for (const { actor, snapshot } of page.snapshots) snapshots.set(actor, snapshot);
    }
    works.series.restore(snapshots, (id) => id === 7_777);
    assertEquals(await answers(works), before);
    assertEquals(works.series.hands.ended({ id: 7_777 }), true);
    await store.close();
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("business: a query that is none is refused with every flaw", async () => {
  const works = new Works(memoryStore());
  const refused = await assertRejects(
    () => works.ask({ window: "2h", by: "class", colour: "red" } as never),
    Refusal,
  );
  assertEquals(refused.code, "unrecognized_key");
  assertEquals(refused.issues.map(({ given }) => given), ["colour", '"2h"', '"class"']);
});
