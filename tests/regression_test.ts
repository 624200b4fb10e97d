/** Slower than before: how soon it is told, and how seldom it is told of what is not so. */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  addTime,
  isLearned,
  noJobs,
  type Regression,
  slowerBy,
  takeTick,
  unlearned,
} from "../policies/detectors/regression.ts";
import { normal, red } from "./series.ts";

/** Ticks of `jobs` jobs whose times are log-normal about `medianMs`. */
function ticks(seed: number, jobs: number, deviation: number) {
  const chance = normal(seed);
  return (medianMs: number) => {
    let tick = noJobs;
    for (let i = 0; i < jobs; i++) {
      tick = addTime(tick, medianMs * Math.exp(deviation * chance()));
    }
    return tick;
  };
}

const learned = (draw: ReturnType<typeof ticks>): Regression => {
  let regression = unlearned;
  while (!isLearned(regression)) regression = takeTick(regression, draw(100));
  return regression;
};

/** Ticks until it is told, sorted, over 200 seeds. */
function delays(ratio: number, jobs: number, deviation: number): number[] {
  return Array.from({ length: 200 }, (_, seed) => {
    const draw = ticks(seed + 1, jobs, deviation);
    let regression = learned(draw);
    let count = 0;
    for (; !regression.isSlower && count < 1_000; count++) {
      regression = takeTick(regression, draw(100 * ratio));
    }
    return count;
  }).sort((a, b) => a - b);
}

for (const [jobs, deviation] of [[4, .5], [16, 1]] as const) {
  Deno.test(`regression: found in time where a tick has ${jobs} jobs`, () => {
    const medians = [1.2, 1.5, 2].map((ratio) => delays(ratio, jobs, deviation)[100]!);
    [67, 15, 7].forEach((limit, i) => assert(medians[i]! <= limit, `${medians}`));
  });
}

Deno.test("regression: +20 % of an even operation is found within 60 of its jobs", () => {
  const all = delays(1.2, 1, .15);
  assert(all[100]! <= 30 && all[195]! <= 60, `${all[100]}, ${all[195]}`);
});

Deno.test("regression: at most one false alarm in 100 steady runs of 2,000 ticks", () => {
  let alarms = 0;
  for (let seed = 1; seed <= 100; seed++) {
    const draw = ticks(seed, 3, .8);
    let regression = learned(draw);
    for (let i = 0; i < 2_000; i++) {
      const before = regression.isSlower;
      regression = takeTick(regression, draw(100));
      if (regression.isSlower && !before) alarms++;
    }
  }
  assert(alarms <= 1, `${alarms}`);
});

Deno.test("regression: many jobs a tick don't make what was learned more exact than it is", () => {
  for (let seed = 1; seed <= 20; seed++) {
    let regression = learned(ticks(seed, 2, .5));
    const busy = ticks(seed + 100, 2_000, .5);
    for (let i = 0; i < 200; i++) regression = takeTick(regression, busy(100));
    assert(!regression.isSlower, `seed ${seed}`);
  }
});

Deno.test("regression: what all jobs of a tick have in common is chance as well", () => {
  for (let seed = 1; seed <= 20; seed++) {
    const draw = ticks(seed, 50, .2);
    const shared = red(seed + 100, 0);
    let regression = unlearned;
    for (let i = 0; i < 2_000; i++) {
      regression = takeTick(regression, draw(100 * Math.exp(.3 * shared())));
    }
    assert(!regression.isSlower, `seed ${seed}`);
  }
});

Deno.test("regression: says how much slower, and when it is over", () => {
  const draw = ticks(1, 10, .3);
  let regression = learned(draw);
  assertEquals(slowerBy(regression), 1);
  for (let i = 0; i < 200; i++) regression = takeTick(regression, draw(150));
  assertAlmostEquals(slowerBy(regression), 1.5, .05);
  let over = 0;
  for (; regression.isSlower; over++) regression = takeTick(regression, draw(100));
  assert(over >= 10 && over <= 60, `${over}`);
  assertEquals(slowerBy(regression), 1);
});

Deno.test("regression: faster is never slower, and less than 5 % is not told", () => {
  const even = (ms: number) => [addTime(addTime(noJobs, ms), ms)];
  let regression = unlearned;
  for (let i = 0; i < 300; i++) {
    for (const tick of even(100)) regression = takeTick(regression, tick);
  }
  for (let i = 0; i < 5_000; i++) {
    for (const tick of even(104)) regression = takeTick(regression, tick);
  }
  assert(!regression.isSlower);
  for (let i = 0; i < 500; i++) {
    for (const tick of even(20)) regression = takeTick(regression, tick);
  }
  for (let i = 0; i < 60; i++) {
    for (const tick of even(120)) regression = takeTick(regression, tick);
  }
  assert(regression.isSlower, "what was faster meanwhile is not set against it");
});

Deno.test("regression: learns from 200 jobs and 200 ticks, then no more; ticks without jobs count nothing", () => {
  const one = addTime(noJobs, 100);
  let regression = unlearned;
  for (let i = 0; i < 199; i++) regression = takeTick(takeTick(regression, one), noJobs);
  assert(!isLearned(regression));
  regression = takeTick(regression, one);
  assert(isLearned(regression));
  const later = takeTick(regression, addTime(noJobs, 200));
  assertEquals([later.jobs, later.sum, later.ticks], [200, regression.sum, 200]);
});

Deno.test("regression: times that are none count nothing; goes on from JSON", () => {
  const times = fc.array(fc.array(fc.oneof(
    fc.double({ min: 0, max: 1e9, noNaN: true }),
    fc.constantFrom(0, NaN, -1, Infinity),
  )));
  fc.assert(fc.property(times, (list) => {
    let one = unlearned;
    let other: Regression = unlearned;
    for (const some of [...Array(200).fill([5]), ...list]) {
      const tick = (some as number[]).reduce(addTime, noJobs);
      one = takeTick(one, tick);
      other = takeTick(JSON.parse(JSON.stringify(other)), tick);
      assert(Object.values(one).every((value) => !Number.isNaN(value)));
    }
    assertEquals(other, one);
  }));
});
