/** Each decision holds what other sizes would cost and how long jobs would wait there. */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import { costsSchema } from "../policies/business/costs.ts";
import { bindConstraint } from "../policies/constraints/mod.ts";
import { meanWait } from "../policies/estimators/erlang.ts";
import { closed } from "../policies/scaling/combine.ts";
import { heed, type Load, loadOf, unknownWork } from "../policies/scaling/demand.ts";
import { bind } from "../policies/scaling/mod.ts";
import { prospects } from "../policies/scaling/prospects.ts";
import { orderOf } from "./orders.ts";
import { anyReading, readingOf } from "./readings.ts";
import { SystemStage } from "./system_stage.ts";

const load = (perS: number, service: number): Load => ({
  ...{ perS, service, load: perS * service / 1_000 },
  ...{ variability: 1, peakedness: 1 },
});
const room = (floor: number, cap: number) => ({ ...closed, floor, cap });
const sized = (workers: number, queued = 0) =>
  readingOf({ workers, starting: 0, idle: 0, running: workers, queued, heldRatio: 1 });

Deno.test("prospects: the present size, its neighbours, what is asked for and the cap", () => {
  const sizes = (workers: number, floor: number, cap: number) =>
    prospects(sized(workers), room(floor, cap), null, null).map(({ workers }) => workers);
  assertEquals(sizes(4, 9, 20), [3, 4, 5, 9, 20]);
  assertEquals(sizes(0, 0, 0), [0, 1, 2]);
  assertEquals(sizes(3, 3, Number.MAX_SAFE_INTEGER), [2, 3, 4]);
});

Deno.test("prospects: a size costs its workers, and jobs wait as Erlang says", () => {
  const prices = costsSchema.parse({ currency: "CHF", workerPerHour: .5 });
  const [less, now, more] = prospects(sized(12), room(12, 12), load(20, 500), prices);
  assertEquals([less!.workers, now!.workers, more!.workers], [11, 12, 13]);
  assertEquals([less!.workerSeconds, now!.workerSeconds, more!.workerSeconds], [-3_600, 0, 3_600]);
  assertEquals([less!.money, now!.money, more!.money], [-.5, 0, .5]);
  assertAlmostEquals(now!.waitMs!, meanWait(12, { load: 10, service: 500 }), .5);
  assertEquals(now!.waitChangeMs, 0);
  assertEquals(more!.waitChangeMs, more!.waitMs! - now!.waitMs!);
  assert(more!.waitChangeMs! < 0 && less!.waitChangeMs! > 0);
});

Deno.test("prospects: what waits is worked off, or grows, within a minute", () => {
  // 20 a second of half a second; 4 workers do 8 a second, 30 do 60.
  const told = prospects(sized(4, 100), room(4, 30), load(20, 500), null);
  const [few, many] = [told[1]!, told.at(-1)!];
  assertEquals([few.workers, few.money], [4, null]);
  // 100 and 12 more each second: 460 on average, at 8 a second.
  assertAlmostEquals(few.waitMs!, 57_500, 1);
  // 40 fewer each second: 50 on average for 2.5 s of the minute, at 60 a second.
  assertAlmostEquals(many.waitMs!, 50 * 2.5 / 60 / 60 * 1_000, 1);
  const none = prospects(sized(0, 100), room(0, 1), load(20, 500), null)[0]!;
  assertEquals([none.workers, none.waitMs], [0, 60_000]);
  const idle = prospects(sized(2), room(0, 2), load(0, 500), null);
  assertEquals(idle.map(({ waitMs }) => waitMs), [0, 0, 0]);
});

Deno.test("prospects: a worker whose jobs leave its thread free counts for many", () => {
  const waits = (heldRatio: number) => {
    const reading = readingOf({ workers: 2, idle: 0, running: 40, queued: 0, heldRatio });
    return prospects(reading, room(2, 2), load(60, 1_000), null)[1]!.waitMs!;
  };
  assert(waits(.1) < 1, "200 places for 60 jobs at once");
  assert(waits(1) > 5_000, "40 places");
});

Deno.test("prospects: finite, in order, no larger size waits longer, whatever is seen", () => {
  const amounts = fc.double({ min: 0, max: 1e6, noNaN: true });
  const loads = fc.option(fc.tuple(amounts, fc.double({ min: .01, max: 1e7, noNaN: true })));
  fc.assert(fc.property(anyReading, loads, fc.nat(500), fc.nat(500), (reading, of, one, other) => {
    const known = of && load(...of);
    const to = room(Math.min(one, other), Math.max(one, other));
    const told = prospects(reading, to, known, null);
    assert(told.length >= 3 || reading.workers + reading.starting > 9_000, `${told.length}`);
    for (const [i, { workers, waitMs, workerSeconds }] of told.entries()) {
      assert(Number.isFinite(workers) && Number.isFinite(workerSeconds));
      assert(waitMs === null ? known === null : waitMs >= 0 && waitMs <= 60_000, `${waitMs}`);
      if (i > 0) assert(workers > told[i - 1]!.workers);
      if (i > 0 && waitMs !== null) assert(waitMs <= told[i - 1]!.waitMs! + 1e-6);
    }
  }));
});

Deno.test("prospects: a decision about a pool at work has three or more with both numbers", async () => {
  const stage = new SystemStage({ min: 1, max: 6, part: { jobMs: 400, holds: true } });
  const { clock, system } = stage;
  const guards = [bindConstraint("bounds", { min: 1, max: 6 })];
  for (let s = 0; s < 10; s++) {
    system.seat({ policies: [bind("fixed", { workers: 2 + s % 4 })], guards });
    system.queue.submit(Array.from({ length: 6 }, () => orderOf()));
    await clock.advance(1_000);
  }
  const decisions = system.controller.decisions().filter(({ atMs }) => atMs > 2_000);
  assert(decisions.length > 0);
  for (const { prospects, reading } of decisions) {
    assert(prospects.length >= 3);
    for (const { waitMs, waitChangeMs, workerSeconds } of prospects) {
      assert(waitMs !== null && waitChangeMs !== null && Number.isFinite(workerSeconds));
    }
    assert(prospects.some(({ workers }) => workers === reading.workers + reading.starting));
  }
  await system.stop();
});

Deno.test("prospects: what comes is known from readings alone", () => {
  let work = unknownWork;
  for (let i = 0; i < 40; i++) {
    const reading = { nowMs: i * 250, arrivals: 5, finished: 5, durationMs: 300 };
    work = heed(work, readingOf(reading));
  }
  assertAlmostEquals(loadOf(work)!.load, 6, .1);
});
