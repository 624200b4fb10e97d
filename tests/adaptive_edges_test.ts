/** What the 22 tests of the AdaptiveWorkerPool report leave out. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import { flipsInAMinute, keys, play, stage } from "./adaptive_stage.ts";

Deno.test("AdaptiveWorkerPool: a default limit gives way to the one that was given", () => {
  assertEquals(stage({ maxWorkers: 2 }).pool.options.minWorkers, 2);
  assertEquals(stage({ minWorkers: 40 }).pool.options.maxWorkers, 40);
});

Deno.test("AdaptiveWorkerPool: watches the CPU for 0.1 s when nothing is known of it", async () => {
  const { pool, clock, load } = stage();
  load.cpu = null;
  const pending = pool.getSystemMetrics();
  await clock.advance(99);
  load.cpu = 30;
  await clock.advance(1);
  assertEquals((await pending).cpu_percent, 30);
});

Deno.test("AdaptiveWorkerPool: turns at most twice a minute under any square wave", async () => {
  const load = fc.record({
    cpu: fc.integer({ min: 0, max: 100 }),
    memory: fc.integer({ min: 60, max: 100 }),
    queued: fc.nat(40),
  });
  await fc.assert(
    fc.asyncProperty(load, load, async (high, low) => {
      const game = stage();
      await game.pool.start();
      await play(game, 48, (tick) => tick % 2 === 0 ? high : low);
      await game.pool.stop();
      assert(flipsInAMinute(game.events) <= 2);
    }),
    { numRuns: 50 },
  );
});

Deno.test("AdaptiveWorkerPool: does not move while CPU or memory is unknown", async () => {
  for (const unknown of [{ cpu: null }, { memory: null }]) {
    const game = stage();
    await game.pool.start();
    const sizes = await play(game, 6, () => ({ queued: 100, ...unknown }));
    assertEquals(new Set(sizes), new Set([4]));
    await game.pool.stop();
  }
});

Deno.test("AdaptiveWorkerPool: brings a pool within its limits at the start", async () => {
  for (const [present, size] of [[1, 4], [9, 9], [99, 24]] as const) {
    const { pool, actual } = stage();
    actual.workers = present;
    await pool.start();
    assertEquals(actual.workers, size);
    await pool.stop();
  }
});

Deno.test("AdaptiveWorkerPool: stop leaves no timer and gives the pool back", async () => {
  const { pool, clock, actual, load } = stage();
  await pool.start();
  await pool.start();
  await clock.advance(10_000);
  load.cpu = null;
  const underWay = pool.adjustWorkers();
  await pool.stop();
  await pool.stop();
  assertEquals(await underWay, 4);
  assertEquals([clock.pending, actual.resumed], [0, 1]);
});

Deno.test("AdaptiveWorkerPool: without monitoring it adjusts when asked and looks at nothing else", async () => {
  const { pool, clock, looks, load } = stage({
    enableMonitoring: false,
    minWorkers: 4,
    maxWorkers: 24,
  });
  await pool.start();
  await clock.advance(600_000);
  assertEquals([looks(), clock.pending], [0, 0]);
  Object.assign(load, { cpu: 20, queued: 50 });
  assertEquals(await pool.adjustWorkers(), 8);
  await pool.stop();
});

Deno.test("AdaptiveWorkerPool: goes on after a failed look and says so", async () => {
  const { host } = stage();
  let broken = false;
  const read = () => {
    if (broken) throw new Error("no /proc today");
    return host.read();
  };
  const game = stage({ host: { read } });
  await game.pool.start();
  broken = true;
  await game.clock.advance(15_000);
  assertEquals(game.lines.filter((line) => line.includes("no /proc today")).length, 3);
  await assertRejects(() => game.pool.adjustWorkers(), Error, "no /proc today");
  broken = false;
  game.load.queued = 100;
  await game.clock.advance(5_000);
  assertEquals(game.actual.workers, 6);
  await game.pool.stop();
});

Deno.test("AdaptiveWorkerPool: logs its status twice a minute", async () => {
  const { pool, clock, lines } = stage();
  await pool.start();
  await clock.advance(60_000);
  assertEquals(lines.map((line) => Object.keys(JSON.parse(line))), [keys, keys]);
  await pool.stop();
});

Deno.test("AdaptiveWorkerPool: two calls at once are one adjustment", async () => {
  const { pool, load, events } = stage();
  Object.assign(load, { cpu: 20, queued: 50 });
  assertEquals(await Promise.all([pool.adjustWorkers(), pool.adjustWorkers()]), [8, 8]);
  assertEquals(events.length, 1);
});
