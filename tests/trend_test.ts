/** Trends by all pairs: exact on lines, untouched by a few wild values. */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { slope, trend } from "../policies/estimators/trend.ts";
import { normal, series } from "./series.ts";

Deno.test("trend: a rise in all pairs is as certain as can be, noise is not", () => {
  assertAlmostEquals(trend(series(20, (i) => i)), 6.13, .01);
  assertAlmostEquals(trend(series(20, (i) => -i)), -6.13, .01);
  assertEquals([trend([]), trend([1]), trend([3, 3, 3])], [0, 0, 0]);
  const chance = normal(1);
  const wild = series(500, () => Math.abs(trend(series(30, chance)))).filter((z) => z > 1.96);
  assert(wild.length >= 10 && wild.length <= 45, `${wild.length} of 500 beyond 95 %`);
});

Deno.test("slope: exact on a line, the same with every fourth value wild", () => {
  const line = series(40, (i) => 7 + 3 * i);
  assertEquals(slope(line), { rise: 3, low: 3, high: 3 });
  const wild = slope(line.map((value, i) => i % 4 === 1 ? 1e6 * (i % 3) : value))!;
  assertAlmostEquals(wild.rise, 3, .5);
  assertEquals([slope([]), slope([1])], [null, null]);
});

Deno.test("slope: its interval holds the true rise in 95 % of noisy series", () => {
  const chance = normal(2);
  const held = series(1_000, () => {
    const { low, high } = slope(series(28, (i) => 2 * i + 10 * chance()))!;
    return +(low <= 2 && 2 <= high);
  }).reduce((sum, one) => sum + one, 0);
  assert(held >= 925 && held <= 975, `${held} of 1,000`);
});
