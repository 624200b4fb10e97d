/** What operations need and how that grows, by series whose truth is known. */
import { assert, assertAlmostEquals, assertEquals, assertMatch } from "@std/assert";
import { contentionsOf } from "../actors/capacity/contentions.ts";
import { type History, mostOf } from "../actors/capacity/history.ts";
import { profileOf } from "../actors/capacity/profile.ts";
import { saturationOf } from "../actors/capacity/saturation.ts";
import { Levels } from "../actors/series/levels.ts";
import { place, Tally } from "../actors/series/tally.ts";
import { createFootprint, learn } from "../policies/estimators/footprint.ts";
import { record } from "../policies/estimators/histogram.ts";
import { mulberry } from "./chance.ts";
import { normal, poisson, wave } from "./series.ts";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** A Monday, 00:00 UTC. */
const monday = Date.UTC(2026, 0, 5);

/** Hours of an operation: `jobs(at)` of them come in each, and each takes `tookMs(at)`. */
function hoursOf(days: number, jobs: (hour: number) => number, tookMs = (_day: number) => 100) {
  const hours = new Map<number, Tally>();
  for (let i = 0; i < 24 * days; i++) {
    const tally = new Tally();
    const count = Math.round(jobs(i));
    tally.sums[place.enqueued] = tally.sums[place.ended] = count;
    for (let n = 0; n < count; n++) record(tally.durationMs, tookMs(i / 24));
    if (count > 0) hours.set(monday + i * hourMs, tally);
  }
  return hours;
}

const profiled = (byHours: Map<number, Tally>, days: number, bySeconds = new Map()) =>
  profileOf({
    operation: "resize",
    byHours,
    bySeconds,
    entry: undefined,
    wallMs: monday + days * dayMs + 5 * 60_000,
  });

Deno.test("profile: too little is said to be too little, and nothing is made up", () => {
  const { seasons, bursts, growth, nextPeak, cpuMs, memoryBytes, unknown } = profiled(
    hoursOf(.5, () => 10),
    .5,
  );
  assertEquals([seasons, bursts, growth, nextPeak, cpuMs, memoryBytes], Array(6).fill(null));
  assertEquals(unknown.seasons, "not enough data: 11 of 72 hours");
  assertEquals(unknown.growth, "not enough data: 0 of 7 days");
  assertEquals(unknown.nextPeak, "not enough data: 11 of 24 hours");
  assertMatch(unknown.bursts!, /ten minutes/);
});

Deno.test("profile: finds day and week in two weeks and more, and the next peak", () => {
  const weekday = (hour: number) => Math.floor(hour / 24) % 7 < 5 ? 1 : .3;
  const hours = hoursOf(28, (hour) => weekday(hour) * (60 + 50 * wave(hour - 9, 24)));
  const { seasons, nextPeak } = profiled(hours, 28);
  assertEquals(seasons!.map(({ everyMs }) => everyMs / hourMs), [24, 168]);
  const expected = 15; // The wave is highest a quarter of a day after its zero at 9.
  assertAlmostEquals(new Date(nextPeak!.at).getUTCHours(), expected, 1);
  assertAlmostEquals(nextPeak!.jobs, 110, 8);
});

Deno.test("profile: growth of 5 % a week is found within 1", () => {
  const chances = normal(7);
  const noise = Array.from({ length: 28 }, () => 1 + .03 * chances());
  const growing = (day: number) => 100 * 1.05 ** (day / 7) * noise[Math.floor(day)]!;
  const { growth } = profiled(hoursOf(28, () => 20, growing), 28);
  assertAlmostEquals(growth!.perWeekRatio, .05, .01);
  assert(growth!.lowPerWeekRatio <= .05 && growth!.highPerWeekRatio >= .05);
});

Deno.test("profile: arrivals that don't know of each other have a dispersion of 1, bursts more", () => {
  const of = (count: (slot: number) => number) => {
    const slots = new Map<number, Tally>();
    const wallMs = monday + dayMs;
    for (let i = 1; i <= 1_080; i++) {
      const tally = new Tally();
      tally.sums[place.enqueued] = count(i);
      slots.set(wallMs - i * 10_000, tally);
    }
    return profiled(hoursOf(1, () => 1), 1, slots).bursts!;
  };
  assertAlmostEquals(of(poisson(3, 20)).dispersion, 1, .1);
  const bursty = of((slot) => slot % 30 === 0 ? 400 : 2);
  assert(bursty.dispersion > 2 && bursty.peakPerS >= 39 && bursty.spareWorkers > 0);
});

Deno.test("profile: quantiles of memory are of what its jobs used", () => {
  const footprint = createFootprint();
  for (let i = 0; i < 50; i++) {
    const used = { peakBytes: 2e8 + i * 4e5, cpuSeconds: .5, durationMs: 900 };
    learn(footprint, used, monday + i * 1_000);
  }
  const { memoryBytes, cpuMs } = profileOf({
    operation: "ffmpeg",
    byHours: new Map(),
    bySeconds: new Map(),
    entry: { name: "ffmpeg", footprint, running: 0, usedMs: 0 },
    wallMs: monday,
  });
  assert(memoryBytes!.p95! > 1.9e8 && memoryBytes!.p95! < 2.3e8);
  assertAlmostEquals(cpuMs!.p50!, 500, 15);
});

/** Days on which 95 % of the looks saw at most `used(day)` of a level. */
const daysOf = (name: string, count: number, used: (day: number) => number) =>
  new Map(Array.from({ length: count }, (_, day) => {
    const levels = new Levels();
    levels.of(name).note(used(day));
    return [monday + day * dayMs, levels] as const;
  }));

Deno.test("saturation: the day is told within one, what is used up first stands first", () => {
  const days = daysOf("cpuRatio", 30, (day) => .3 * 1.02 ** day);
  const [first, second] = saturationOf(
    days,
    [["memoryRatio", 1], ["cpuRatio", 1], ["queued", null]],
    monday + 30 * dayMs,
  );
  // .3 * 1.02^d = 1 at d = 60.8; the last whole day is the 29th.
  assertEquals(first!.resource, "cpuRatio");
  assertAlmostEquals(first!.days!, Math.log(1 / .3) / Math.log(1.02) - 29, 1);
  assertEquals([second!.resource, second!.days], ["memoryRatio", null]);
  assertEquals(second!.because, "not enough data: 0 of 7 days");
  const still = saturationOf(
    daysOf("cpuRatio", 30, () => .4),
    [["cpuRatio", 1]],
    monday + 30 * dayMs,
  );
  assertEquals([still[0]!.days, still[0]!.because], [null, "it does not grow"]);
});

Deno.test("contention: two that want the disk slow each other down, one that sleeps does not", () => {
  const unit = mulberry(11);
  const tallies = (runs: (slot: number) => boolean, tookMs: (slot: number) => number) =>
    new Map(
      Array.from({ length: 400 }, (_, slot) => slot).filter(runs).map((slot) => {
        const tally = new Tally();
        for (let i = 0; i < 5; i++) record(tally.durationMs, tookMs(slot) * (.9 + .2 * unit()));
        return [monday + slot * 10_000, tally] as const;
      }),
    );
  const [scans, packs, naps] = [
    (slot: number) => slot % 3 !== 0,
    (slot: number) => slot % 5 < 3,
    (slot: number) => slot % 4 < 2,
  ];
  const both = (slot: number) => scans(slot) && packs(slot);
  const jobs = new Map([
    ["scan", tallies(scans, (slot) => both(slot) ? 200 : 100)],
    ["pack", tallies(packs, (slot) => both(slot) ? 340 : 200)],
    ["nap", tallies(naps, () => 50)],
  ]);
  const seconds = new Map(Array.from({ length: 400 }, (_, slot) => {
    const levels = new Levels();
    levels.of("ioPressureRatio").note(both(slot) ? .6 : .1);
    levels.of("cpuPressureRatio").note(.05 + .02 * unit());
    return [monday + slot * 10_000, levels] as const;
  }));
  const found = contentionsOf(jobs, seconds);
  assertEquals(found.map(({ operation, beside, of }) => `${operation} ${beside} ${of}`), [
    "scan pack io",
    "pack scan io",
  ]);
  assertAlmostEquals(found[0]!.slowdownRatio, 2, .2);
  // Without anybody waiting it is a slow day of something else.
  assertEquals(contentionsOf(jobs, new Map()), []);
});

Deno.test("capacity: the most that was seen is that of all days", () => {
  const days = new Map([...daysOf("diskReadsPerS", 3, (day) => [5, 90, 7][day]!)]);
  const most = mostOf({ days } as unknown as History, ["diskReadsPerS", "diskWritesPerS"]);
  assertEquals(most, { diskReadsPerS: 90, diskWritesPerS: null });
});
