import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import { gainOf, jobsMin } from "../policies/business/gain.ts";
import {
  countAbove,
  createHistogram,
  type Histogram,
  quantile,
  quantileWithin,
  record,
} from "../policies/estimators/histogram.ts";
import { mulberry } from "./chance.ts";

const of = (values: readonly number[]): Histogram => {
  const histogram = createHistogram();
  for (const value of values) record(histogram, value);
  return histogram;
};

/** Times of jobs: most are short, a few are long. */
function times(count: number, chance: () => number, factor = 1): Histogram {
  const normal = () => Math.sqrt(-2 * Math.log(1 - chance())) * Math.cos(2 * Math.PI * chance());
  return of(Array.from({ length: count }, () => factor * Math.exp(3 + normal() / 2)));
}

Deno.test("gain: where nothing has changed the interval holds 0 in 95 % of all cases", () => {
  const chance = mulberry(35);
  for (const [before, after] of [[200, 200], [200, 2_000], [50, 400]] as const) {
    let held = 0;
    const cases = 250;
    for (let i = 0; i < cases; i++) {
      const gain = gainOf(
        [{ baseline: times(before, chance), current: times(after, chance) }],
        chance,
      );
      if (gain!.lowRatio <= 0 && gain!.highRatio >= 0) held++;
      assertEquals(gain!.verdict === "unproven", gain!.lowRatio <= 0 && gain!.highRatio >= 0);
    }
    assertAlmostEquals(held / cases, .95, .02, `${before} and ${after} jobs: ${held}`);
  }
});

Deno.test("gain: a quarter less time is told as that, and a quarter more as a loss", () => {
  for (const [factor, verdict] of [[.75, "faster"], [1.25, "slower"]] as const) {
    const chance = mulberry(3);
    const sides = { baseline: times(2_000, chance), current: times(2_000, chance, factor) };
    const gain = gainOf([sides], chance);
    assertEquals(gain?.verdict, verdict);
    assertAlmostEquals(gain!.gainRatio, 1 - factor, .05);
    assert(gain!.lowRatio < gain!.gainRatio && gain!.gainRatio < gain!.highRatio);
  }
});

Deno.test("gain: of too few jobs nothing is said, and chance that repeats gives the same answer", () => {
  const few = of(Array.from({ length: jobsMin - 1 }, (_, i) => i + 1));
  const enough = times(100, mulberry(1));
  assertEquals(gainOf([], mulberry(1)), null);
  assertEquals(gainOf([{ baseline: few, current: enough }], mulberry(1)), null);
  assertEquals(gainOf([{ baseline: enough, current: few }], mulberry(1)), null);
  const ask = () => gainOf([{ baseline: enough, current: times(90, mulberry(2)) }], mulberry(9));
  assertEquals(ask(), ask());
});

Deno.test("histogram: a quantile without steps rises with its share and lies near the one with steps", () => {
  const values = fc.array(fc.double({ min: 0.01, max: 1e6, noNaN: true }), { minLength: 1 });
  fc.assert(fc.property(values, (values) => {
    const histogram = of(values);
    let before = 0;
    for (let i = 0; i <= 20; i++) {
      const value = quantileWithin(histogram, i / 20);
      assert(value >= before && value <= histogram.max, `${value} after ${before}`);
      before = value;
      const stepped = quantile(histogram, i / 20)!;
      const [low, high] = [stepped * .96, stepped * 1.04];
      if (i > 0) assert(value >= low - 1e-9 && value <= high + 1e-9, `${value} for ${stepped}`);
    }
  }));
  assertEquals(quantileWithin(createHistogram(), .5), 0);
  assertEquals(quantileWithin(of([0, 0, 0]), .5), 0);
});

Deno.test("histogram: counts what is above a value, wherever its buckets begin", () => {
  assertEquals(countAbove(of([900, 1_100, 5_000]), 1_000), 2);
  assertEquals(countAbove(of([2, 3, 900]), 1_000), 0);
  assertEquals(countAbove(of([0.01, 50_000]), 1), 1);
  assertEquals(countAbove(createHistogram(), 1), 0);
});
