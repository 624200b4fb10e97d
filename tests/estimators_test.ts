/** Estimators: means that forget, the window of tasks, the histogram. */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import { smooth, smoothOver, unmeasured } from "../policies/estimators/ewma.ts";
import {
  createHistogram,
  merge,
  percentiles,
  quantile,
  record,
  recordMany,
  reset,
} from "../policies/estimators/histogram.ts";
import { gainPercent, meanTime, performanceWindow, take } from "../policies/estimators/window.ts";

Deno.test("smooth: believes the first sample, averages the next ones, then forgets", () => {
  const samples = [10, 20, 30];
  const means = samples.map((_, i) =>
    samples.slice(0, i + 1).reduce((ewma, sample) => smooth(ewma, sample, .1), unmeasured).value
  );
  assertEquals(means, [10, 15, 20]);
  let ewma = unmeasured;
  for (let i = 0; i < 100; i++) ewma = smooth(ewma, 0, .1);
  assertAlmostEquals(smooth(ewma, 1, .1).value!, .1, 1e-12);
});

Deno.test("smoothOver: counts an old value half after its half-life, however many samples", () => {
  const start = smoothOver(unmeasured, 100, 0, 1_000);
  assertAlmostEquals(smoothOver(start, 0, 1_000, 1_000).value!, 50, 1e-9);
  let ewma = start;
  for (let nowMs = 10; nowMs <= 1_000; nowMs += 10) ewma = smoothOver(ewma, 0, nowMs, 1_000);
  assertAlmostEquals(ewma.value!, 50, 1e-9);
});

Deno.test("ewma: unknown samples and a clock that ran back change nothing", () => {
  const one = smooth(unmeasured, 1, .5);
  for (const sample of [null, NaN, Infinity]) {
    assertEquals(smooth(one, sample, .5), one);
    assertEquals(smoothOver(one, sample, 9, 1_000), one);
  }
  const later = smoothOver(unmeasured, 1, 100, 1_000);
  assertEquals(smoothOver(later, 5, 99, 1_000), later);
});

Deno.test("ewma: stays between the samples it has seen", () => {
  const samples = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1 });
  fc.assert(fc.property(samples, fc.double({ min: .01, max: 1, noNaN: true }), (list, weight) => {
    const { value } = list.reduce((ewma, sample) => smooth(ewma, sample, weight), unmeasured);
    assert(value! >= Math.min(...list) - 1e-6 && value! <= Math.max(...list) + 1e-6);
  }));
});

const taken = (...runs: [times: number, time: number][]) =>
  runs.flatMap(([times, time]) => Array(times).fill(time)).reduce(take, performanceWindow());

Deno.test("window: keeps the last 100 times, the 101st evicts the first", () => {
  const window = taken([1, 500], [100, 1]);
  assertEquals([window.latest.length, window.count, meanTime(window)], [100, 101, 1]);
});

Deno.test("window: gains 20 % when tasks go from 10 s to 8 s, against the first 50", () => {
  assertAlmostEquals(gainPercent(taken([50, 10], [100, 8]))!, 20, 1e-9);
  assertAlmostEquals(gainPercent(taken([50, 10], [50, 8]))!, 10, 1e-9);
  assertAlmostEquals(gainPercent(taken([50, 8], [100, 10]))!, -25, 1e-9);
});

Deno.test("window: has no gain before the baseline is complete, or against a baseline of 0", () => {
  assertEquals(gainPercent(taken([49, 10])), null);
  assertEquals(gainPercent(taken([50, 10])), 0);
  assertEquals(gainPercent(taken([50, 0], [9, 1])), null);
  assertEquals(meanTime(performanceWindow()), null);
});

Deno.test("window: ignores times that are none, survives JSON, has other sizes", () => {
  const window = taken([10, 5]);
  for (const time of [NaN, -1, Infinity]) assertEquals(take(window, time), window);
  assertEquals(JSON.parse(JSON.stringify(window)), window);
  let small = performanceWindow({ size: 3, baseline: 2 });
  for (const time of [4, 4, 2, 2, 2]) small = take(small, time);
  assertEquals([small.latest, gainPercent(small)], [[2, 2, 2], 50]);
});

/** Nearest rank on sorted values, as a histogram defines it. */
const exact = (sorted: Float64Array, q: number) =>
  sorted[Math.max(1, Math.ceil(q * sorted.length)) - 1]!;

/** Repeatable chance in (0, 1). */
function chance(seed: number): () => number {
  let state = seed;
  return () => (state = state * 48_271 % 2_147_483_647) / 2_147_483_647;
}

const distributions: Record<string, (unit: () => number) => number> = {
  "a uniform": (unit) => 1 + unit() * 999,
  "an exponential": (unit) => -20 * Math.log(unit()),
  "a heavy-tailed": (unit) => .1 * unit() ** (-1 / 1.1),
  "a two-humped": (unit) => unit() < .7 ? 2 + unit() : 5_000 + unit() * 100,
  "a log-uniform over the whole range": (unit) => 1e-3 * 1e12 ** unit(),
  "a constant": () => 16.7,
};
for (const [name, draw] of Object.entries(distributions)) {
  Deno.test(`histogram: quantiles of ${name} distribution are within 2 % of an exact sort`, () => {
    const unit = chance(7);
    const values = Float64Array.from({ length: 10_000 }, () => Math.min(1e9, draw(unit)));
    const histogram = createHistogram();
    values.forEach((value) => record(histogram, value));
    values.sort();
    for (const q of [0, .01, .1, .25, .5, .75, .9, .95, .99, .999, 1]) {
      const truth = exact(values, q);
      const error = Math.abs(quantile(histogram, q)! - truth) / truth;
      assert(error <= .02, `q ${q}: off by ${error} of ${truth}`);
    }
    assertEquals([histogram.count, histogram.max], [10_000, values.at(-1)!]);
  });
}

const times = fc.array(fc.oneof(
  fc.double({ min: 0, max: 1e9, noNaN: true }),
  fc.integer({ min: -4, max: 9 }).map((exponent) => 10 ** exponent),
));

Deno.test("histogram: merging is the same as recording everything in one", () => {
  fc.assert(fc.property(times, times, (some, others) => {
    const [one, other, both] = [createHistogram(), createHistogram(), createHistogram()];
    some.forEach((value) => (record(one, value), record(both, value)));
    others.forEach((value) => (record(other, value), record(both, value)));
    merge(one, other);
    assertEquals(one.buckets, both.buckets);
    assertEquals(percentiles(one), percentiles(both));
    assertAlmostEquals(one.sum, both.sum, 1e-9 * both.sum + 1e-9);
  }));
});

Deno.test("histogram: quantiles rise with q and end at the exact maximum", () => {
  fc.assert(fc.property(times.filter(({ length }) => length > 0), (values) => {
    const histogram = createHistogram();
    values.forEach((value) => record(histogram, value));
    const row = [0, .1, .5, .9, .99, 1].map((q) => quantile(histogram, q)!);
    assertEquals(row, row.toSorted((a, b) => a - b));
    assertEquals(row.at(-1), Math.max(...values));
  }));
});

Deno.test("histogram: count, sum and maximum are exact, many at once like one by one", () => {
  const [one, many] = [createHistogram(), createHistogram()];
  for (let i = 0; i < 1_000; i++) record(one, 3);
  recordMany(many, 3, 1_000);
  assertEquals(many, one);
  assertEquals([many.count, many.sum, many.max], [1_000, 3_000, 3]);
});

Deno.test("histogram: has a place for everything but NaN", () => {
  const histogram = createHistogram();
  for (const value of [0, -5, -Infinity, 1e-9]) record(histogram, value);
  assertEquals([histogram.count, quantile(histogram, .5)], [4, 0]);
  for (const value of [1e9, 1e300, Infinity]) record(histogram, value);
  assertEquals([histogram.count, quantile(histogram, .99)], [7, 1e9]);
  record(histogram, NaN);
  assertEquals(histogram.count, 7);
});

Deno.test("histogram: knows nothing when empty, and after a reset", () => {
  const nothing = { count: 0, p50: null, p90: null, p95: null, p99: null, max: null };
  const histogram = createHistogram();
  assertEquals(percentiles(histogram), nothing);
  record(histogram, 5);
  assertEquals(percentiles(histogram).p50, 5);
  reset(histogram);
  assertEquals(percentiles(histogram), nothing);
  assertEquals(histogram, createHistogram());
});
