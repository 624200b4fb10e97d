/** How many workers a load needs: Erlang's formulas, the price of lateness, rates by windows. */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  erlangB,
  erlangC,
  loadFor,
  meanWait,
  peaked,
  waitsLonger,
  workersFor,
} from "../policies/estimators/erlang.ts";
import { arrive, dispersion, noArrivals, rateNow } from "../policies/estimators/rate.ts";
import { economicWorkers } from "../policies/scaling/economic.ts";

/** The known recursion from 0 on. */
function fromZero(workers: number, load: number): number {
  let blocked = 1;
  for (let n = 1; n <= workers; n++) blocked = load * blocked / (n + load * blocked);
  return blocked;
}

for (
  const [workers, load, ratio] of [[4, 3, .5094], [12, 10, .4494], [25, 20, .2091], [
    110,
    100,
    .2370,
  ]]
) {
  Deno.test(`erlang: C(${workers}, ${load}) is ${ratio}`, () => {
    assertAlmostEquals(erlangC(workers!, load!), ratio!, 5e-5);
  });
}

Deno.test("erlang: 16.53 % of jobs wait for longer than half their time on 12 workers at load 10", () => {
  assertAlmostEquals(waitsLonger(12, .5, { load: 10, service: 1 }), .1653, 5e-5);
});

Deno.test("erlang: is as exact far up as from 0 on", () => {
  const loads = fc.double({ min: .01, max: 20_000, noNaN: true });
  fc.assert(
    fc.property(loads, fc.double({ min: .9, max: 1.3, noNaN: true }), (load, factor) => {
      const workers = Math.ceil(load * factor) + 1;
      const expected = fromZero(workers, load);
      assertAlmostEquals(erlangB(workers, load), expected, 1e-9 + 1e-6 * expected);
    }),
    { numRuns: 200 },
  );
});

Deno.test("erlang: one more worker is never worse, and too few leave everybody waiting", () => {
  const loads = fc.double({ min: .01, max: 500, noNaN: true });
  fc.assert(
    fc.property(loads, fc.nat(100), fc.double({ min: 0, max: 9, noNaN: true }), (load, n, wait) => {
      const queue = { load, service: 1 };
      assert(waitsLonger(n + 1, wait, queue) <= waitsLonger(n, wait, queue) + 1e-12);
      assert(meanWait(n + 1, queue) <= meanWait(n, queue));
      assertEquals(erlangC(Math.floor(load), load), 1);
    }),
  );
});

Deno.test("erlang: the fewest workers that are enough are enough, and one less is not", () => {
  const loads = fc.double({ min: .01, max: 300, noNaN: true });
  fc.assert(fc.property(loads, fc.double({ min: .001, max: .5, noNaN: true }), (load, ratio) => {
    const queue = { load, service: 1 };
    const workers = workersFor(queue, .2, ratio);
    assert(waitsLonger(workers, .2, queue) <= ratio);
    assert(waitsLonger(workers - 1, .2, queue) > ratio);
    assert(loadFor(workers, .2, ratio, queue) >= load - 1e-6);
  }));
});

Deno.test("erlang: jobs that all take the same time wait half as long", () => {
  const queue = { load: 10, service: 1 };
  assertAlmostEquals(meanWait(12, { ...queue, variability: .5 }) / meanWait(12, queue), .5, 1e-12);
});

Deno.test("erlang: no load needs no worker", () => {
  assertEquals([0, NaN, -1].map((load) => workersFor({ load, service: 1 }, 1, .01)), [0, 0, 0]);
  assertEquals(peaked(8, 4, (load) => load + 1), 12);
});

Deno.test("economic: 15 workers for a load of 10, jobs of .5 s, a wait of .2 s and a price of 5", () => {
  assertEquals(economicWorkers({ load: 10, service: .5, wait: .2, latePrice: 5 }), 15);
});

Deno.test("economic: is the cheapest of all sizes", () => {
  const loads = fc.double({ min: .1, max: 100, noNaN: true });
  const prices = fc.double({ min: 1, max: 100, noNaN: true });
  fc.assert(fc.property(loads, prices, (load, latePrice) => {
    const cost = (n: number) => n + latePrice * load * waitsLonger(n, .4, { load, service: 1 });
    const workers = economicWorkers({ load, service: 1, wait: .4, latePrice });
    const stable = Math.floor(load) + 1;
    for (let n = stable; n < workers + 40; n++) {
      assert(cost(workers) <= cost(n) + 1e-6, `${workers} costs ${cost(workers)}, ${n} ${cost(n)}`);
    }
  }));
});

Deno.test("economic: lumps need more", () => {
  const demand = { load: 10, service: .5, wait: .2, latePrice: 5 };
  const sizes = [1, 2, 4].map((peakedness) => economicWorkers({ ...demand, peakedness }));
  assert(sizes[0]! < sizes[1]! && sizes[1]! < sizes[2]!, sizes.join());
});

/** Looks each `everyMs` at arrivals of `perS(second)`. */
function looks(perS: (s: number) => number, seconds: number, everyMs = 500) {
  let arrivals = arrive(noArrivals(500), 0, 0);
  for (let ms = everyMs; ms <= seconds * 1_000; ms += everyMs) {
    arrivals = arrive(arrivals, perS(ms / 1_000) * everyMs / 1_000, ms);
  }
  return arrivals;
}

Deno.test("rate: is the mean over the longest window while nothing changes", () => {
  const { perS, windowMs } = rateNow(looks(() => 20, 200))!;
  assertAlmostEquals(perS, 20, 1e-9);
  assertEquals(windowMs, 128_000);
});

Deno.test("rate: follows a step within two looks, up and down", () => {
  for (const [before, after] of [[4, 40], [40, 4]]) {
    const { perS, windowMs } = rateNow(looks((s) => s > 100 ? after! : before!, 102))!;
    assertAlmostEquals(perS, after!, 1e-9);
    assert(windowMs <= 2_000, `${windowMs}`);
  }
});

Deno.test("rate: tells the same however often it looks, and of late looks too", () => {
  for (const everyMs of [25, 250, 500, 3_700]) {
    assertAlmostEquals(rateNow(looks(() => 20, 74, everyMs))!.perS, 20, 1e-6, `${everyMs}`);
  }
});

Deno.test("rate: counts that make no sense change nothing, and it holds a bounded past", () => {
  const arrivals = looks(() => 20, 300);
  assertEquals(arrivals.counts.length, 256);
  for (const count of [NaN, -1, Infinity]) assertEquals(arrive(arrivals, count, 300_500), arrivals);
  assertEquals(arrive(arrivals, 5, 100), arrivals);
  assertEquals(arrive(arrivals, 5, 1e9).counts.length, 256);
  assertEquals(rateNow(noArrivals(500)), null);
});

Deno.test("rate: no arrival gets lost", () => {
  const steps = fc.array(fc.tuple(fc.nat(1_000), fc.nat(4_000)), { maxLength: 30 });
  fc.assert(fc.property(steps, (steps) => {
    let [arrivals, nowMs, total] = [arrive(noArrivals(500), 9, 0), 0, 0];
    for (const [count, laterMs] of steps) {
      arrivals = arrive(arrivals, count, nowMs += laterMs);
      total += count;
    }
    const sum = arrivals.counts.reduce((sum, count) => sum + count, arrivals.open);
    assertAlmostEquals(sum, total, 1e-6);
  }));
});

Deno.test("dispersion: is 1 for what comes evenly and at most 4 for lumps", () => {
  assertEquals(dispersion(looks(() => 20, 200), 1_000), 1);
  assertEquals(dispersion(looks((s) => s % 20 < 2 ? 200 : 0, 200), 1_000), 4);
  assertEquals(dispersion(looks((s) => s % 2 ? 200 : 0, 3), 1_000), 1);
});
