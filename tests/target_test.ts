/** The target policy: what Kubernetes says of its HorizontalPodAutoscaler, number by number. */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { Reading } from "../messages/signals.ts";
import { behave, downSchema, noPast, type Rules, upSchema } from "../policies/scaling/behaviour.ts";
import { bind } from "../policies/scaling/mod.ts";
import { readingOf } from "./readings.ts";

/** Lets the pool have the size that was asked for, each 15 s; returns the sizes. */
function grow(
  options: object,
  reading: (workers: number, step: number) => Partial<Reading>,
  steps: number,
) {
  const stepper = bind("target", options);
  const sizes: number[] = [];
  let workers = reading(0, 0).workers ?? 1;
  for (let step = 0; step < steps; step++) {
    const part = { workers, nowMs: step * 15_000, ...reading(workers, step) };
    sizes.push(workers = stepper.step(readingOf(part)).cap!);
  }
  return sizes;
}

const instantly = { down: { windowMs: 0 } };
const plugged = (metric: string, targetUnits: number) => ({
  metrics: [{ metric, targetUnits }],
  ...instantly,
});

// https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#algorithm-details
const ratios: readonly [value: number, workers: number, wanted: number, what: string][] = [
  [.2, 4, 8, "twice the target doubles them"],
  [.05, 4, 2, "half of it halves them"],
  [.109, 4, 4, "a tenth more is within the tolerance"],
  [.091, 4, 4, "a tenth less is too"],
  [.112, 4, 5, "more is not, and parts are rounded up"],
];
for (const [value, workers, wanted, what] of ratios) {
  Deno.test(`target: ${what}`, () => {
    const reading = readingOf({ workers, cpuRatio: value });
    assertEquals(bind("target", plugged("cpuRatio", .1)).step(reading).cap, wanted);
  });
}

Deno.test("target: a metric for each worker is divided among them", () => {
  const sizeFor = (lag: number | null, workers: number) =>
    bind("target", plugged("lag", 30)).step(readingOf({ workers, plugged: { lag } })).cap;
  assertEquals([sizeFor(300, 4), sizeFor(130, 4), sizeFor(0, 4), sizeFor(null, 4)], [8, 4, 0, 4]);
  assertEquals(sizeFor(300, 9), 10, "ceil(300 / 30)");
});

Deno.test("target: of several metrics the largest wish holds", () => {
  const metrics = [
    { metric: "cpuRatio", targetUnits: .5 },
    { metric: "jobs", targetUnits: 2 },
    { metric: "memoryRatio", targetUnits: .5 },
  ];
  const reading = readingOf({ workers: 4, cpuRatio: .25, queued: 9, running: 3, memoryRatio: .5 });
  const { cap, because } = bind("target", { metrics, ...instantly }).step(reading);
  assertEquals([cap, because], [6, "jobs 12, target 2"]);
});

Deno.test("target: what can't be seen forbids to shrink, not to grow", () => {
  const metrics = [{ metric: "cpuRatio", targetUnits: .5 }, { metric: "lag", targetUnits: 1 }];
  const sizeAt = (cpuRatio: number) => {
    const stepper = bind("target", { metrics, ...instantly });
    return stepper.step(readingOf({ workers: 4, cpuRatio })).cap;
  };
  assertEquals([sizeAt(.1), sizeAt(.9)], [4, 8]);
});

const starting: readonly [busy: number, starting: number, wanted: number, what: string][] = [
  [4, 0, 8, "without them busy workers double"],
  [4, 2, 8, "two that start count as idle for growth: ceil(4 / 6 / .5 x 6)"],
  [4, 4, 8, "four that start are enough: nothing is done"],
  [4, 12, 16, "more that start would turn growth into shrinking: nothing is done"],
  [1, 2, 2, "for shrinking they are left out"],
];
for (const [busy, coming, wanted, what] of starting) {
  Deno.test(`target: ${what}`, () => {
    const metrics = [{ metric: "busyRatio", targetUnits: .5 }];
    const reading = readingOf({ workers: 4, idle: 4 - busy, starting: coming });
    assertEquals(bind("target", { metrics, ...instantly }).step(reading).cap, wanted);
  });
}

Deno.test("target: grows by the larger of 4 workers and 100 % in 15 s, as is usual", () => {
  const sizes = grow(plugged("lag", 1), () => ({ plugged: { lag: 100 } }), 7);
  assertEquals(sizes, [5, 10, 20, 40, 80, 100, 100]);
});

// KEP-853: https://github.com/kubernetes/enhancements/tree/master/keps/sig-autoscaling/853-configurable-hpa-scale-velocity
const minutely = (limit: object) => ({ limits: [{ periodMs: 60_000, ...limit }] });
const velocities: readonly [string, object, number, number[]][] = [
  ["900 % a minute: 1, 10, 100, 1000", { up: minutely({ byPercent: 900 }) }, 1e4, [10, 100, 1_000]],
  ["1 worker a minute", { up: minutely({ byWorkers: 1 }) }, 1e4, [2, 3, 4]],
];
for (const [what, behaviour, lag, minutes] of velocities) {
  Deno.test(`target: grows by ${what}`, () => {
    const options = { ...plugged("lag", 1), ...behaviour };
    const sizes = grow(options, () => ({ plugged: { lag } }), 12);
    assertEquals(sizes.filter((_, i) => i % 4 === 0), minutes);
    assertEquals(sizes.slice(0, 4), Array(4).fill(minutes[0]), "once in a period");
  });
}

/** Sizes by the minute, from 80 down to 10. */
function shrunk(down: object): number[] {
  const rules = { up: upSchema.parse({}), down: downSchema.parse(down) };
  let past = noPast;
  let workers = 80;
  return Array.from({ length: 12 }, (_, minute) => {
    [workers, past] = behave(past, workers, 10, minute * 60_000, rules);
    return workers;
  });
}

// The documentation's own: 4 pods or 10 percent a minute, whichever is more.
const both = [{ byWorkers: 4, periodMs: 60_000 }, { byPercent: 10, periodMs: 60_000 }];

Deno.test("target: shrinks by 10 % of 80 first, then of 72 rounded up, and by 4 below 40", () => {
  const sizes = shrunk({ windowMs: 0, limits: both });
  assertEquals(sizes.slice(0, 8), [72, 64, 57, 51, 45, 40, 36, 32]);
  const least = shrunk({ windowMs: 0, select: "min", limits: both });
  assertEquals(least.slice(0, 3), [76, 72, 68]);
  assertEquals(shrunk({ windowMs: 0, select: "none", limits: both }).at(-1), 80);
});

Deno.test("target: within the time that it has at first no worker goes, and grows as ever", () => {
  const sizes = shrunk({ windowMs: 0, limits: [], initialMs: 300_000 });
  assertEquals(sizes, [80, 80, 80, 80, 80, 10, 10, 10, 10, 10, 10, 10]);
  const rules = { up: upSchema.parse({}), down: downSchema.parse({ initialMs: 300_000 }) };
  const [first, past] = behave(noPast, 4, 4, 0, rules);
  assertEquals([first, behave(past, 4, 8, 1_000, rules)[0]], [4, 8]);
});

Deno.test("target: shrinks to the most that was wished for in the last 5 minutes", () => {
  const wishes = [100, 30, 60];
  const options = { metrics: [{ metric: "lag", targetUnits: 1 }] };
  const sizes = grow(
    options,
    (_, step) => ({ workers: 100, plugged: { lag: wishes[step] ?? 10 } }),
    24,
  );
  assertEquals(sizes, [...Array(20).fill(100), 60, 60, 10, 10]);
});

Deno.test("target: a window upwards waits for the smallest wish", () => {
  const rules: Rules = { up: upSchema.parse({ windowMs: 60_000 }), down: downSchema.parse({}) };
  let past = noPast;
  const sizes = [9, 9, 5, 9, 9, 9, 9].map((wish, i) => {
    const [workers, next] = behave(past, 4, wish, i * 30_000, rules);
    past = next;
    return workers;
  });
  assertEquals(sizes, [8, 8, 5, 5, 8, 8, 8]);
});

Deno.test("target: no worker for a queue is one worker", () => {
  const { cap } = bind("target", instantly).step(readingOf({ workers: 0, idle: 0, queued: 1 }));
  assertEquals(cap, 1);
});

Deno.test("behaviour: never more than its limits, never past the wish, and bounded in memory", () => {
  const wishes = fc.array(fc.tuple(fc.nat(200), fc.nat(9_000)), { maxLength: 400 });
  fc.assert(
    fc.property(wishes, (wishes) => {
      const rules = { up: upSchema.parse({}), down: downSchema.parse({ windowMs: 60_000 }) };
      let [past, workers, nowMs] = [noPast, 4, 0];
      for (const [wish, laterMs] of wishes) {
        nowMs += laterMs;
        const before = workers;
        const lately = (noted: typeof past.grown) =>
          noted.reduce((sum, [atMs, count]) => atMs > nowMs - 15_000 ? sum + count : sum, 0);
        const began = before - lately(past.grown) + lately(past.shrunk);
        [workers, past] = behave(past, workers, wish, nowMs, rules);
        assert(workers >= Math.min(before, wish));
        assert(workers <= Math.max(before, wish));
        assert(workers <= Math.max(before, 2 * began, began + 4), `${before} to ${workers}`);
        assert(past.wishes.length <= 256 && past.grown.length <= 256);
      }
    }),
    { numRuns: 40 },
  );
});
