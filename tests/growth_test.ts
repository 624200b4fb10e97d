/** Growth from day to day and its end; bursts from second to second. */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import {
  createBurst,
  spareWorkers,
  takeArrivals,
  unevenness,
} from "../policies/detectors/burst.ts";
import { daysUntil, noDays, takeDay, trendOf } from "../policies/detectors/growth.ts";
import { normal, poisson, series } from "./series.ts";

const grown = (days: readonly (number | null)[]) => trendOf(days.reduce(takeDay, noDays));

Deno.test("growth: 5 % a week is found within 1, weekends are no trend", () => {
  for (let seed = 1; seed <= 30; seed++) {
    const chance = normal(seed);
    const { perDayRatio } = grown(series(28 + seed % 7, (i) => {
      const weekend = (i + seed) % 7 < 2 ? .3 : 1;
      return weekend * 100 * 1.05 ** (i / 7) * Math.exp(.015 * chance());
    }))!;
    assertAlmostEquals((1 + perDayRatio) ** 7 - 1, .05, .01, `seed ${seed}`);
  }
});

Deno.test("growth: 3 % a day, the day of the end is exact within a tenth, and within its interval", () => {
  let held = 0;
  for (let seed = 1; seed <= 40; seed++) {
    const chance = normal(seed);
    const trend = grown(series(42, (i) => 10 * 1.03 ** i * Math.exp(.03 * chance())))!;
    const truth = Math.log(10) / Math.log(1.03) - 41;
    const { days, earliestDays, latestDays } = daysUntil(trend, 100);
    assertAlmostEquals(days!, truth, truth / 10, `seed ${seed}`);
    assert(earliestDays! < days! && days! < latestDays!);
    if (earliestDays! - 1 <= truth && truth <= latestDays! + 1) held++;
  }
  assert(held >= 36, `${held} of 40`);
});

Deno.test("growth: without noise the day is exact", () => {
  const trend = grown(series(28, (i) => 10 * 1.03 ** i))!;
  assertAlmostEquals(daysUntil(trend, 10 * 1.03 ** 40).days!, 13, 1e-6);
  assertAlmostEquals(trend.level, 10 * 1.03 ** 27, 1e-6);
});

Deno.test("growth: what does not grow never ends, what is there already ends today", () => {
  const steady = grown(series(28, () => 10))!;
  assertEquals(daysUntil(steady, 20), { days: null, earliestDays: null, latestDays: null });
  assertEquals(daysUntil(steady, 10).days, 0);
  const falling = grown(series(28, (i) => 10 * .98 ** i))!;
  assertEquals([falling.highRatio < 0, daysUntil(falling, 20).days], [true, null]);
});

Deno.test("growth: days of nobody are left out, a week is needed, eight are remembered", () => {
  assertEquals(grown([1, 2, 3, 4, 5, 6]), null);
  assertEquals(grown(Array(30).fill(null)), null);
  const gaps = series(40, (i) => i % 5 === 2 ? 0 : i % 11 === 3 ? NaN : 10 * 1.03 ** i);
  assertAlmostEquals(grown(gaps)!.perDayRatio, .03, 1e-9);
  assertEquals(series(100, (i) => i + 1).reduce(takeDay, noDays).days.length, 56);
});

/** Unevenness of counts by the second. */
function uneven(counts: readonly number[]) {
  const burst = createBurst();
  counts.forEach((count, second) => takeArrivals(burst, count, second * 1_000));
  return unevenness(burst);
}

Deno.test("burst: independent arrivals have a dispersion of 1, at any rate and over a day's swing", () => {
  for (const mean of [.5, 5, 100]) {
    const { dispersion, meanPerS } = uneven(series(7_200, poisson(1, mean)))!;
    assert(dispersion > .9 && dispersion < 1.1, `${mean}/s: ${dispersion}`);
    assertAlmostEquals(meanPerS, mean, .05 * mean);
  }
  const swing = series(7_200, (i) => poisson(i + 1, 50 - 40 * Math.cos(i / 1_146))());
  const { dispersion } = uneven(swing)!;
  assert(dispersion > .9 && dispersion < 1.1, `${dispersion}`);
});

Deno.test("burst: arrivals in lumps are above 2, and need spare workers", () => {
  const lumps = series(7_200, (i) => i % 20 === 0 ? 40 : 1);
  const found = uneven(lumps)!;
  assert(found.dispersion > 2 && found.peakRatio > 10, JSON.stringify(found));
  assertEquals(spareWorkers(found, 500), Math.ceil((found.peakPerS - found.meanPerS) / 2));
  const even = uneven(series(600, () => 4))!;
  assertEquals([even.dispersion, even.meanPerS], [0, 4]);
  assertAlmostEquals(even.peakRatio, 1, .02);
});

Deno.test("burst: knows nothing before a minute, and of seconds that are none", () => {
  assertEquals(uneven(series(59, () => 1)), null);
  assertEquals(uneven(series(600, () => 0)), null);
  assertEquals(uneven(series(600, () => NaN)), null);
});

Deno.test("burst: forgets by half in a week, and goes on from JSON but for its table", () => {
  const burst = createBurst();
  const week = 7 * 86_400_000;
  for (let i = 0; i < 60; i++) takeArrivals(burst, 10, i * 1_000);
  for (let i = 0; i < 60; i++) takeArrivals(burst, 40, week + i * 1_000);
  assertAlmostEquals(unevenness(burst)!.meanPerS, 30, .1);
});
