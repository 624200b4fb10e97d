/** What comes again: days and weeks are found, noise and walks have none. */
import { assert, assertEquals } from "@std/assert";
import { nextPeak, takeHour, unknownWeek, usual } from "../policies/detectors/week.ts";
import { periodsOf } from "../policies/detectors/season.ts";
import { normal, red, series, wave } from "./series.ts";

const lengths = (values: readonly number[]) => periodsOf(values).map(({ length }) => length);
const weeks = 4 * 168;

Deno.test("season: 24 hours and 7 days are found in four weeks, within an hour", () => {
  for (let seed = 1; seed <= 20; seed++) {
    const chance = normal(seed);
    const found = lengths(
      series(weeks, (i) => 100 + 30 * wave(i, 24) + 20 * wave(i, 168) + 12 * chance()),
    );
    assertEquals(found.length, 2, `seed ${seed}: ${found}`);
    assert(Math.abs(found[0]! - 24) <= 1 && Math.abs(found[1]! - 168) <= 1, `${found}`);
  }
});

Deno.test("season: an office with weekends has both, told with their strength", () => {
  const chance = normal(1);
  const [day, week] = periodsOf(series(weeks, (i) => {
    const isWorking = Math.floor(i / 24) % 7 < 5;
    return (isWorking ? 1 : .3) * (50 + 40 * wave(i, 24)) + 5 * chance();
  }));
  assertEquals([day!.length, week!.length], [24, 168]);
  assert(day!.strengthRatio > .45 && week!.strengthRatio > .25);
  assert(day!.strengthRatio + week!.strengthRatio <= 1);
});

Deno.test("season: a nightly job is found, and a day on top of steady growth", () => {
  const chance = normal(2);
  assertEquals(lengths(series(weeks, (i) => (i % 24 === 3 ? 100 : 0) + 10 * chance())), [24]);
  assertEquals(lengths(series(weeks, (i) => i + 40 * wave(i, 24) + 10 * chance())), [24]);
});

Deno.test("season: noise has none, nor has a walk at random, a trend, or rest", () => {
  for (let seed = 1; seed <= 40; seed++) {
    assertEquals(lengths(series(weeks, normal(seed))), [], `noise ${seed}`);
    assertEquals(lengths(series(weeks, red(seed, .9))), [], `red noise ${seed}`);
  }
  const walks = series(40, (seed) => lengths(series(weeks, red(seed + 1, 1))).length);
  assert(walks.filter((found) => found > 0).length <= 2, `${walks}`);
  const chance = normal(1);
  assertEquals(lengths(series(weeks, (i) => i * i + 1_000 * chance())), []);
  assertEquals([lengths([]), lengths([1, 2]), lengths(series(weeks, () => 5))], [[], [], []]);
});

Deno.test("season: unknown values don't hide it", () => {
  const gaps = series(weeks, (i) => i % 7 === 3 ? NaN : wave(i, 24));
  assertEquals(lengths(gaps), [24]);
});

const hourMs = 3_600_000;
const mondayAt = Date.UTC(2026, 0, 5);

/** A fortnight of an office with this much noise, and what it is like without. */
function fortnight(noise: number) {
  const chance = normal(6);
  const truth = (i: number) => (Math.floor(i / 24) % 7 < 5 ? 1 : .3) * (50 + 40 * wave(i, 24));
  let week = unknownWeek;
  for (let i = 0; i < 336; i++) {
    week = takeHour(week, truth(i) * (1 + noise * chance()), mondayAt + i * hourMs);
  }
  return { week, truth };
}

function correlation(some: readonly number[], others: readonly number[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, x) => sum + x, 0) / values.length;
  const [one, other] = [mean(some), mean(others)];
  const product = (a: readonly number[], am: number, b: readonly number[], bm: number) =>
    a.reduce((sum, x, i) => sum + (x - am) * (b[i]! - bm), 0);
  return product(some, one, others, other) /
    Math.sqrt(product(some, one, some, one) * product(others, other, others, other));
}

Deno.test("week: two weeks tell the third", () => {
  const { week, truth } = fortnight(.2);
  const told = series(168, (i) => usual(week, mondayAt + (336 + i) * hourMs)!);
  const r = correlation(told, series(168, truth));
  assert(r > .95, `${r}`);
});

Deno.test("week: the next peak is the busiest hour that is still to come", () => {
  const { week } = fortnight(0);
  const sixAt = mondayAt + 6 * hourMs;
  assertEquals(nextPeak(week, mondayAt - 1)?.at, sixAt, "Monday at six");
  assertEquals(nextPeak(week, sixAt)?.at, sixAt + 24 * hourMs, "Tuesday at six");
  assertEquals(nextPeak(week, sixAt + 4 * 24 * hourMs)?.at, sixAt + 168 * hourMs, "next Monday");
  assertEquals(nextPeak(unknownWeek, mondayAt), null);
});

Deno.test("week: an hour that was never seen is as on other days; what is none changes nothing", () => {
  const seen = takeHour(takeHour(unknownWeek, 10, mondayAt), 20, mondayAt + 24 * hourMs);
  assertEquals(usual(seen, mondayAt + 30 * 60_000), 10);
  assertEquals(usual(seen, mondayAt + 48 * hourMs), 15);
  assertEquals(usual(seen, mondayAt + hourMs), null);
  assertEquals(takeHour(seen, NaN, mondayAt), seen);
  assertEquals(usual(takeHour(unknownWeek, 7, -hourMs), -hourMs), 7);
  assertEquals(JSON.parse(JSON.stringify(seen)), seen);
});
