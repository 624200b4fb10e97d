/** The 22 tests that the AdaptiveWorkerPool report names, by its own words. */
import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import type { AdaptiveWorkerPoolOptions } from "../actors/adaptive_options.ts";
import { AdaptiveWorkerPool } from "../actors/adaptive_worker_pool.ts";
import { gauges } from "../actors/host/gauges.ts";
import { Refusal } from "../actors/runtime.ts";
import { flipsInAMinute, keys, metrics, play, stage } from "./adaptive_stage.ts";
import { ManualClock } from "./manual_clock.ts";

// Initialization & configuration

Deno.test("AdaptiveWorkerPool: Auto-calculate workers based on CPU cores", () => {
  for (const [cores, min, max] of [[1, 4, 12], [2, 4, 24], [8, 8, 96], [16, 16, 100]] as const) {
    const { host } = stage();
    const read = () => ({ ...host.read(), cores });
    const { min_workers, max_workers, current_workers } = new AdaptiveWorkerPool({
      host: { read },
      clock: new ManualClock(),
    }).getStatus();
    assertEquals([min_workers, max_workers, current_workers], [min, max, min]);
  }
});

Deno.test("AdaptiveWorkerPool: Custom worker limits validation", () => {
  const { minWorkers, maxWorkers } = stage({ minWorkers: 2, maxWorkers: 3 }).pool.options;
  assertEquals([minWorkers, maxWorkers], [2, 3]);
  const wrong: readonly [AdaptiveWorkerPoolOptions, string][] = [
    [{ minWorkers: 8, maxWorkers: 4 }, "minWorkers must be <= maxWorkers (4): current value is 8"],
    [{ minWorkers: 0 }, "minWorkers must be a whole number from 1 up: current value is 0"],
    [{ maxWorkers: NaN }, "maxWorkers must be a whole number from 1 up: current value is NaN"],
    [{ minWorkers: 2.5 }, "minWorkers must be a whole number from 1 up: current value is 2.5"],
    [{ maxWorkers: -1 }, "maxWorkers must be"],
    [{ maxWorkers: Infinity }, "maxWorkers must be"],
    [{ scaleUpCpuThreshold: 101 }, "scaleUpCpuThreshold must be 0 to 100"],
    [{ memoryPressureThreshold: NaN }, "memoryPressureThreshold must be 0 to 100"],
    [{ smoothingFactor: 0 }, "smoothingFactor must be above 0, at most 1"],
  ];
  for (const [options, message] of wrong) {
    const refusal = assertThrows(() => stage(options), Refusal, message);
    assertEquals(refusal.code, "invalid_options");
    assertEquals(refusal.issues[0]?.pointer, `/${Object.keys(options)[0]}`);
  }
  const twice = assertThrows(() => stage({ minWorkers: 0, adjustmentIntervalS: -1 }), Refusal);
  assertEquals(twice.issues.length, 2);
});

Deno.test("AdaptiveWorkerPool: Adjustment interval configuration", async () => {
  assertEquals(stage().pool.options.adjustmentIntervalS, 5);
  for (const adjustmentIntervalS of [0, -5, NaN, Infinity]) {
    assertThrows(
      () => stage({ adjustmentIntervalS }),
      Refusal,
      "adjustmentIntervalS must be above",
    );
  }
  for (const [adjustmentIntervalS, evaluations] of [[5, 12], [1, 60], [20, 3]] as const) {
    const { pool, clock, looks } = stage({ adjustmentIntervalS });
    await pool.start();
    const before = looks();
    await clock.advance(60_000);
    assertEquals(looks() - before, evaluations);
    await pool.stop();
  }
});

// System metrics collection

Deno.test("AdaptiveWorkerPool: Metrics without executor (fallback behavior)", async () => {
  const { host, clock } = stage();
  const pool = new AdaptiveWorkerPool({ host, clock });
  const { queue_depth, cpu_percent } = await pool.getSystemMetrics();
  assertEquals([queue_depth, cpu_percent], [0, 50]);
  assertEquals(await pool.adjustWorkers(), 4);
});

Deno.test("AdaptiveWorkerPool: Metrics with executor and queue (full integration)", async () => {
  const { pool, load } = stage();
  Object.assign(load, { cpu: 25, memory: 67, queued: 15 });
  assertEquals(await pool.getSystemMetrics(), metrics(25, 67, 15));
  assertEquals(pool.getStatus().queue_depth, 15);
});

Deno.test("AdaptiveWorkerPool: psutil usage validation", async () => {
  const stats = ["cpu 0 0 0 0 0 0 0 0 0 0\n", "cpu 256 0 0 744 0 0 0 0 0 0\n"];
  const files: Record<string, () => string> = {
    "/proc/stat": () => stats.shift()!,
    "/proc/meminfo": () => "MemTotal:       7993516 kB\nMemAvailable:   2565939 kB\n",
  };
  const { clock } = stage();
  const fixture = new AdaptiveWorkerPool({
    host: gauges({ read: (path) => files[path]?.() ?? null, list: () => null }),
    clock,
  });
  const read = await fixture.getSystemMetrics();
  assertAlmostEquals(read.cpu_percent!, 25.6, 1e-9);
  assertAlmostEquals(read.memory_percent!, 67.9, .001);
  assertAlmostEquals(read.available_memory_mb!, 2_505.8, .01);

  const real = await new AdaptiveWorkerPool().getSystemMetrics();
  const { total, available } = Deno.systemMemoryInfo();
  assert(real.cpu_percent! >= 0 && real.cpu_percent! <= 100);
  assert(real.memory_percent! >= 0 && real.memory_percent! <= 100);
  assert(real.available_memory_mb! > 0 && real.available_memory_mb! <= total / 2 ** 20);
  // A container may have less than the machine, never more; other programs move it meanwhile.
  assert(real.available_memory_mb! <= available / 2 ** 20 * 1.5 + 500);
});

// Worker calculation algorithm

Deno.test("AdaptiveWorkerPool: Scale up on low CPU + high queue", () => {
  const { pool } = stage();
  assertEquals(pool.calculateOptimalWorkers(metrics(30, 50, 25), 4), 8);
  assertEquals(pool.calculateOptimalWorkers(metrics(39.9, 85, 21), 4), 8);
  assertEquals(pool.calculateOptimalWorkers(metrics(40, 85, 21), 4), 6);
});

Deno.test("AdaptiveWorkerPool: Scale down on high CPU + low queue", () => {
  const { pool } = stage();
  assertEquals(pool.calculateOptimalWorkers(metrics(80.1, 50, 1), 8), 6);
  assertEquals(pool.calculateOptimalWorkers(metrics(80, 50, 1), 8), 8);
  assertEquals(pool.calculateOptimalWorkers(metrics(80.1, 50, 2), 8), 8);
});

Deno.test("AdaptiveWorkerPool: Memory pressure prevents scaling", () => {
  const { pool } = stage();
  assertEquals(pool.calculateOptimalWorkers(metrics(10, 85.1, 100), 8), 6);
  assertEquals(pool.calculateOptimalWorkers(metrics(10, 85, 100), 8), 12);
  const careful = stage({ memoryPressureThreshold: 60 }).pool;
  assertEquals(careful.calculateOptimalWorkers(metrics(10, 61, 100), 8), 6);
});

Deno.test("AdaptiveWorkerPool: Min/max bounds enforcement", () => {
  const { pool } = stage({ minWorkers: 3, maxWorkers: 9 });
  fc.assert(fc.property(
    fc.double({ min: 0, max: 100, noNaN: true }),
    fc.double({ min: 0, max: 100, noNaN: true }),
    fc.nat(1_000),
    fc.nat(50),
    (cpu, memory, queue, workers) => {
      const next = pool.calculateOptimalWorkers(metrics(cpu, memory, queue), workers);
      assert(next >= 3 && next <= 9);
    },
  ));
  assertEquals(pool.calculateOptimalWorkers(metrics(20, 50, 21), 8), 9);
  assertEquals(pool.calculateOptimalWorkers(metrics(20, 90, 21), 4), 3);
});

// Worker adjustment logic

Deno.test("AdaptiveWorkerPool: Scale up execution and verification", async () => {
  const { pool, load, actual } = stage();
  Object.assign(load, { cpu: 20, queued: 50 });
  assertEquals(await pool.adjustWorkers(), 8);
  assertEquals([actual.workers, pool.getStatus().current_workers], [8, 8]);
});

Deno.test("AdaptiveWorkerPool: Scale down execution and verification", async () => {
  const { pool, load, actual, clock } = stage();
  Object.assign(load, { cpu: 20, queued: 50 });
  await pool.adjustWorkers();
  Object.assign(load, { cpu: 95, queued: 0 });
  for (let tick = 0; actual.workers > 4 && tick < 100; tick++) {
    await clock.advance(5_000);
    await pool.adjustWorkers();
  }
  assertEquals(actual.workers, 4);
  const { from, to, because } = pool.scalingEvents.at(-1)!;
  assert(from > to && because.startsWith("cpu "), because);
});

Deno.test("AdaptiveWorkerPool: No adjustment when optimal (efficiency)", async () => {
  const game = stage();
  await game.pool.start();
  const resizes = game.actual.sizes.length;
  const sizes = await play(game, 60, () => ({ cpu: 60, memory: 60, queued: 3 }));
  assertEquals(new Set(sizes), new Set([4]));
  assertEquals([game.actual.sizes.length - resizes, game.events.length], [0, 0]);
  await game.pool.stop();
});

Deno.test("AdaptiveWorkerPool: Scaling event tracking", async () => {
  const { pool, load, clock, events } = stage();
  Object.assign(load, { cpu: 20, queued: 50 });
  await pool.adjustWorkers();
  await clock.advance(5_000);
  await pool.adjustWorkers();
  assertEquals(pool.scalingEvents, events);
  assertEquals(events.map(({ atMs, from, to }) => [atMs, from, to]), [[0, 4, 8], [5_000, 8, 12]]);
  assertEquals(events[0]!.because, "cpu 0.2 < 0.4, queue 50 > 20");
  assertEquals(pool.getStatus().scaling_events, 2);
});

// Performance tracking

Deno.test("AdaptiveWorkerPool: Task time recording", () => {
  const { pool } = stage();
  for (const seconds of [1, 2, 3]) pool.recordTaskTime(seconds);
  const { tasks_completed, avg_task_time } = pool.getStatus();
  assertEquals([tasks_completed, avg_task_time], [3, 2]);
  for (const nothing of [NaN, -1, Infinity]) pool.recordTaskTime(nothing);
  assertEquals(pool.getStatus().tasks_completed, 3);
});

Deno.test("AdaptiveWorkerPool: 100-task window limit enforcement", () => {
  const { pool } = stage();
  pool.recordTaskTime(1_000);
  for (let i = 0; i < 99; i++) pool.recordTaskTime(1);
  assertAlmostEquals(pool.getStatus().avg_task_time!, 10.99, 1e-9);
  pool.recordTaskTime(1);
  const { tasks_completed, avg_task_time } = pool.getStatus();
  assertEquals([tasks_completed, avg_task_time], [101, 1]);
});

Deno.test("AdaptiveWorkerPool: Performance gain calculation (baseline vs current)", () => {
  const { pool } = stage();
  for (let i = 0; i < 49; i++) pool.recordTaskTime(10);
  assertEquals(pool.performanceGainPercent(), null);
  pool.recordTaskTime(10);
  assertEquals(pool.performanceGainPercent(), 0);
  for (let i = 0; i < 100; i++) pool.recordTaskTime(8);
  assertAlmostEquals(pool.performanceGainPercent()!, 20, 1e-9);
  for (let i = 0; i < 100; i++) pool.recordTaskTime(12.5);
  assertAlmostEquals(pool.getStatus().performance_gain_percent!, -25, 1e-9);
});

// Status reporting

Deno.test("AdaptiveWorkerPool: Status dict structure validation (11 keys)", () => {
  assertEquals(Object.keys(stage().pool.getStatus()), keys);
});

Deno.test("AdaptiveWorkerPool: Status dict value type checking", async () => {
  const { pool, load } = stage();
  const unknown = Object.entries(pool.getStatus())
    .filter(([, value]) => typeof value !== "number").map(([key, value]) => [key, value]);
  assertEquals(unknown, [
    ["cpu_percent", null],
    ["memory_percent", null],
    ["available_memory_mb", null],
    ["avg_task_time", null],
    ["performance_gain_percent", null],
  ]);
  Object.assign(load, { cpu: 25, memory: 67, queued: 15 });
  await pool.adjustWorkers();
  for (let i = 0; i < 50; i++) pool.recordTaskTime(1);
  for (const [key, value] of Object.entries(pool.getStatus())) {
    assert(Number.isFinite(value), `${key} is ${value}`);
  }
  const { current_workers, scaling_events, tasks_completed, queue_depth } = pool.getStatus();
  assertEquals([current_workers, scaling_events, tasks_completed, queue_depth], [6, 1, 50, 15]);
});

// Integration scenarios

Deno.test("AdaptiveWorkerPool: Sustained high load behavior", async () => {
  const game = stage();
  await game.pool.start();
  const sizes = await play(game, 20, () => ({ cpu: 20, memory: 50, queued: 100 }));
  assertEquals(sizes.slice(0, 6), [8, 12, 16, 20, 24, 24]);
  assertEquals(new Set(sizes.slice(6)), new Set([24]));
  assertEquals(game.events.length, 5);
  await game.pool.stop();
});

Deno.test("AdaptiveWorkerPool: Load decrease response", async () => {
  const game = stage();
  await game.pool.start();
  await play(game, 6, () => ({ cpu: 20, queued: 100 }));
  assertEquals(game.actual.workers, 24);
  const sizes = await play(game, 24, () => ({ cpu: 95, queued: 0 }));
  assertEquals(sizes, sizes.toSorted((a, b) => b - a), "only downwards");
  assertEquals(sizes.at(-1), 4, "at the minimum within 2 minutes");
  await game.pool.stop();
});

Deno.test("AdaptiveWorkerPool: Rapid fluctuation stability (smoothing factor validation)", async () => {
  const high = { cpu: 20, memory: 50, queued: 10 };
  const low = { cpu: 95, memory: 50, queued: 0 };
  const wave = (tick: number) => tick % 2 === 0 ? high : low;

  const calm = stage();
  await calm.pool.start();
  await play(calm, 120, wave);
  assert(flipsInAMinute(calm.events) <= 2, `${flipsInAMinute(calm.events)} flips`);

  const nervous = stage({ smoothingFactor: 1, reversalHoldS: 0 });
  await nervous.pool.start();
  await play(nervous, 120, wave);
  assert(flipsInAMinute(nervous.events) > 8, "without smoothing the size follows every tick");

  const smoothed = stage({ reversalHoldS: 0 });
  await smoothed.pool.start();
  await play(smoothed, 120, wave);
  assert(flipsInAMinute(smoothed.events) <= 2, "the smoothing alone is enough for CPU and queue");
  for (const { pool } of [calm, nervous, smoothed]) await pool.stop();
});
