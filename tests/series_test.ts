import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import { Job } from "../actors/job.ts";
import type { Store } from "../actors/ports.ts";
import { Level } from "../actors/series/levels.ts";
import { memoryStore } from "../actors/stores/memory.ts";
import { sqliteStore } from "../actors/stores/sqlite/mod.ts";
import type { Priority } from "../messages/job.ts";
import type { MeasuredPoint } from "../messages/series.ts";
import { ManualClock } from "./manual_clock.ts";
import { orderOf } from "./orders.ts";
import { failed, noon, Stage } from "./series_stage.ts";

Deno.test("series: seven done and three failed are a success ratio of 0.7 exactly", async () => {
  const stage = new Stage(memoryStore());
  for (let i = 0; i < 6; i++) stage.run();
  stage.run({}, { attempts: 2 });
  stage.run({}, failed("exit"));
  stage.run({}, failed("timeout", "timedOut"));
  stage.run({}, { ...failed("signal", "dead"), attempts: 3 });
  for (const window of ["1m", "5m", "1h"] as const) {
    const { items: [item] } = await stage.operations({ window });
    assert(item);
    assertEquals(item.labels, { operation: "t" });
    assertEquals(item.successRatio, 0.7);
    assertEquals([item.enqueued, item.started, item.done, item.failed], [10, 10, 7, 3]);
    assertEquals(item.endings, { done: 7, failed: 1, dead: 1, timedOut: 1 });
    assertEquals(item.categories, { exit: 1, signal: 1, timeout: 1 });
    assertEquals([item.retries, item.attempts, item.firstTryRatio], [
      3,
      { "1": 8, "2": 1, "3": 1 },
      0.6,
    ]);
  }
  await stage.pass(71);
  assertEquals((await stage.operations({ window: "1m" })).items, []);
  assertEquals((await stage.operations({ window: "5m" })).items[0]?.successRatio, 0.7);
  await stage.pass(300);
  assertEquals((await stage.operations({ window: "5m" })).items, []);
  assertEquals((await stage.operations({ window: "1h" })).items[0]?.successRatio, 0.7);
});

Deno.test("series: what a job did can be read in the turn in which it ended", async () => {
  const stage = new Stage(memoryStore());
  stage.run({}, { durationMs: 42 });
  for (const step of ["10s", "1m", "1h", "1d"] as const) {
    const { series } = await stage.ask({ names: ["durationMs", "done"], step });
    assertEquals(series.map(({ points }) => points.length), [1, 1]);
    assertEquals((series[0]!.points[0] as MeasuredPoint).max, 42);
  }
});

Deno.test("series: each category has its own count", async () => {
  const stage = new Stage(memoryStore());
  const all = ["exit", "signal", "timeout", "oom", "spawn", "validation", "permission"] as const;
  const more = ["cancelled", "dependency", "protocol", "lost", "internal"] as const;
  for (const category of [...all, ...more]) stage.run({}, failed(category));
  const { items: [item] } = await stage.operations();
  assertEquals(item?.categories, Object.fromEntries([...all, ...more].map((name) => [name, 1])));
});

Deno.test("series: jobs that never began have an ending and no time", async () => {
  const stage = new Stage(memoryStore());
  const job = new Job(1, orderOf(), 0, noon);
  stage.series.accepted([job]);
  stage.series.ended(job, {
    ...{ type: "expired", category: "timeout", attempts: 1, waitMs: 9, durationMs: 0 },
    resources: { cpuSeconds: null, peakBytes: null, ioBytes: null, source: "none" },
    worker: null,
  });
  const { items: [item] } = await stage.operations();
  assertEquals([item?.endings, item?.attempts, item?.started], [{ expired: 1 }, {}, 0]);
  assertEquals([item?.durationMs.count, item?.waitMs.count, item?.firstTryRatio], [0, 0, null]);
});

Deno.test("series: quantiles by operation, class and project are within 2 % of an exact sort", async () => {
  const kinds = fc.record({
    operation: fc.constantFrom("a", "b"),
    priority: fc.constantFrom<Priority>("high", "normal", "low"),
    projectId: fc.constantFrom("p", "q", null),
    durationMs: fc.double({ min: 0.01, max: 1e6, noNaN: true }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(kinds, { minLength: 1, maxLength: 200 }), async (jobs) => {
      const stage = new Stage(memoryStore());
      for (const [i, { durationMs, projectId, ...spec }] of jobs.entries()) {
        stage.run({ ...spec, ...(projectId !== null && { projectId }) }, { durationMs });
        if (i % 50 === 0) await stage.pass(11);
      }
      for (const by of ["operation", "priority", "projectId"] as const) {
        const { items } = await stage.operations({ window: "5m", by });
        const labels = new Set(jobs.map((job) => job[by]));
        assertEquals(new Set(items.map((item) => item.labels[by] as never)), labels);
        for (const { labels, durationMs } of items) {
          const own = jobs.filter((job) => job[by] === labels[by]).map((job) => job.durationMs);
          own.sort((one, other) => one - other);
          assertEquals([durationMs.count, durationMs.max], [own.length, own.at(-1)!]);
          for (const [q, found] of [[.5, durationMs.p50], [.95, durationMs.p95]] as const) {
            const truth = own[Math.ceil(q * own.length) - 1]!;
            assert(Math.abs(found! - truth) <= 0.02 * truth, `${found} for ${truth}`);
          }
        }
      }
    }),
    { numRuns: 20 },
  );
});

Deno.test("series: throughput by the second and by the minute adds up to the jobs", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(4), { minLength: 1, maxLength: 90 }), async (bursts) => {
      const stage = new Stage(memoryStore());
      for (const jobs of bursts) {
        for (let i = 0; i < jobs; i++) stage.run({}, i % 2 === 0 ? {} : failed("exit"));
        await stage.pass(1);
        assertEquals(stage.series.lastSecond.enqueued, jobs);
      }
      const names = ["enqueued", "started", "done", "failed"];
      const jobs = bursts.reduce((sum, count) => sum + count, 0);
      const bad = bursts.reduce((sum, count) => sum + Math.floor(count / 2), 0);
      for (const step of ["10s", "1m", "1h"] as const) {
        const { series } = await stage.ask({ names: names, step });
        const sums = names.map((name) =>
          series.find((one) => one.name === name)?.points
            .reduce((sum, point) => sum + ("sum" in point ? point.sum : NaN), 0) ?? 0
        );
        assertEquals(sums, [jobs, jobs, jobs - bad, bad]);
        const perS = await stage.ask({ names: ["enqueuedPerS"], step });
        const sum = (perS.series[0]!.points as MeasuredPoint[])
          .reduce((sum, { avg, count }) => sum + avg * count, 0);
        assertAlmostEquals(sum, jobs, 1e-6);
      }
    }),
    { numRuns: 15 },
  );
});

Deno.test("series: a minute of known levels has their least, mean, greatest and 95 % exactly", async () => {
  const stage = new Stage(memoryStore());
  const values = Array.from({ length: 60 }, (_, i) => (i * 37) % 60 + 1);
  // The look at a whole second belongs to the second before it.
  for (const value of values) {
    stage.seen = { queued: value, memoryAvailableBytes: value * 2 ** 32, cpuRatio: null };
    await stage.pass(1);
  }
  const { series } = await stage.ask({ names: ["queued", "memoryAvailableBytes"], step: "1m" });
  for (const [i, unit] of [1, 2 ** 32].entries()) {
    const { at: _, ...point } = series[i]!.points[0] as MeasuredPoint;
    const exact = { count: 60, min: unit, avg: 30.5 * unit, max: 60 * unit, p95: 57 * unit };
    assertEquals(point, exact);
  }
  const tens = (await stage.ask({ names: ["queued"], step: "10s" })).series[0]!.points;
  assertEquals(tens.length, 6);
  for (const [i, point] of (tens as MeasuredPoint[]).entries()) {
    const own = values.slice(i * 10, i * 10 + 10);
    const avg = own.reduce((sum, value) => sum + value, 0) / 10;
    const exact = { count: 10, min: Math.min(...own), avg, max: Math.max(...own) };
    const { at: _, p95, ...rest } = point;
    assertEquals([rest, p95], [exact, exact.max]);
  }
  assertEquals((await stage.ask({ names: ["cpuRatio"] })).series, []);
});

Deno.test("level: halves that are added, or packed and added, are the whole", () => {
  const values = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { maxLength: 90 });
  fc.assert(fc.property(values, values, (some, others) => {
    const of = (values: number[]) => {
      const level = new Level("queued");
      for (const value of values) level.note(value);
      return level;
    };
    const [added, packed, both] = [of(some), of(some), of([...some, ...others])];
    added.add(of(others));
    packed.addPacked(JSON.parse(JSON.stringify(of(others).pack())));
    for (const level of [added, packed]) {
      assertEquals([level.count, level.min, level.max], [both.count, both.min, both.max]);
      assertAlmostEquals(level.sum, both.sum, 1e-9 * both.sum + 1e-9);
      if (both.count > 0) assertAlmostEquals(level.p95, both.p95, 0.02 * both.p95 + 1e-3);
    }
  }));
});

/** What a stage answers to every question. */
async function answers(stage: Stage) {
  const names = ["durationMs", "waitMs", "enqueued", "done", "failed", "outBytes"];
  const steps = ["10s", "1m", "1h", "1d"] as const;
  return [
    ...await Promise.all(steps.map((step) => stage.ask({ names, step, by: "operation" }))),
    ...await Promise.all(steps.map((step) => stage.ask({ names: ["queued"], step }))),
    ...await Promise.all(
      (["1m", "5m", "1h"] as const).map(async (window) =>
        (await stage.operations({ window, by: "projectId" })).items
      ),
    ),
  ];
}

Deno.test("series: a restart changes no answer, and goes on in the same slots", async () => {
  const directory = await Deno.makeTempDir();
  try {
    const clock = new ManualClock(noon);
    let store = await sqliteStore({ directory, clock });
    let stage = new Stage(store, clock);
    const play = async () => {
      for (let i = 0; i < 5; i++) {
        stage.seen = { queued: i };
        stage.run({ operation: `o${i % 3}`, projectId: "p" }, { durationMs: 10 ** i });
        stage.run({ task: "a/b" }, failed("oom"));
        await stage.pass(17);
      }
    };
    await play();
    const before = await answers(stage);
    stage.series.close();
    await store.close();
    store = await sqliteStore({ directory, clock });
    stage = new Stage(store, clock);
    assertEquals(await answers(stage), before);
    await play();
    const { items } = await stage.operations({ window: "1h", by: "all" });
    assertEquals([items[0]?.enqueued, items[0]?.done, items[0]?.failed], [20, 10, 10]);
    const hour = await stage.ask({ names: ["enqueued"], step: "1h" });
    assertEquals(hour.series[0]!.points, [{ at: new Date(noon).toISOString(), sum: 20 }]);
    await store.close();
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("series: a life that was killed has left all but its last minute", async () => {
  const stage = new Stage(memoryStore());
  for (let i = 0; i < 3; i++) {
    stage.run();
    await stage.pass(60);
  }
  stage.run();
  const next = new Stage(
    { ...stage.store, epoch: 2, append: stage.store.append, read: stage.store.read } as Store,
    stage.clock,
  );
  for (const step of ["10s", "1m", "1h", "1d"] as const) {
    const { series } = await next.ask({ names: ["enqueued"], step });
    const sum = series[0]!.points.reduce((sum, point) => sum + ("sum" in point ? point.sum : 0), 0);
    assertEquals(sum, 3);
  }
});

Deno.test("series: what an earlier life accepted is not enqueued again", async () => {
  const stage = new Stage(memoryStore());
  stage.series.accepted([new Job(1, orderOf(), 0, noon - 1), new Job(2, orderOf(), 0, noon)]);
  assertEquals((await stage.operations()).items[0]?.enqueued, 1);
});
