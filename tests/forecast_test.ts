/** What is about to come: forecasters, who of them is right, and the floor that follows. */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import {
  leader,
  learn,
  learnMore,
  type Learnt,
  reach,
  seer,
  tell,
} from "../policies/estimators/forecasters.ts";
import { bind, type Stepper } from "../policies/scaling/mod.ts";
import { mulberry as chance } from "./chance.ts";
import { readingOf } from "./readings.ts";

const day = 24;

/** Learns `bins` counts; tells each with what was said before. */
function learnAll(
  counts: (bin: number) => number,
  bins: number,
  each?: (learnt: Learnt, next: number) => void,
) {
  let learnt = learn(counts(0), 0);
  for (let bin = 1; bin < bins; bin++) {
    each?.(learnt, counts(bin));
    learnt = learnMore(learnt, counts(bin), day);
  }
  return learnt;
}

/** A count about `mean` as arrivals that don't know of each other have it. */
function poisson(random: () => number, mean: number): number {
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal));
}

const daily = (bin: number) =>
  bin % day === 9 ? 1_000 : 100 + 50 * Math.sin(bin / day * 2 * Math.PI);

Deno.test("forecasters: each says what it should of a series that comes again", () => {
  const learnt = learnAll(daily, 5 * day);
  const said = (name: Parameters<typeof tell>[1], ahead = 1) => tell(learnt, name, ahead, day);
  assertEquals(said("naive"), daily(5 * day - 1));
  assertAlmostEquals(said("seasonalNaive", 2), daily(1), 1e-9);
  assertAlmostEquals(said("seasonRatio"), daily(0), 1e-9);
  assertAlmostEquals(said("holtWinters"), daily(0), 20);
  assertAlmostEquals(tell(learnAll(daily, 5 * day + 8), "holtWinters", 2, day), 1_000, 100);
  const rising = learnAll((bin) => 10 * bin, 40);
  assert(tell(rising, "holt", 1, day) > tell(rising, "ewma", 1, day), "a trend goes on");
});

Deno.test("forecasters: what comes again is foreseen, noise and a walk are not", () => {
  assert(seer(learnAll(daily, 4 * day), .05) !== null);
  for (let seed = 1; seed <= 20; seed++) {
    const random = chance(seed);
    let seers = 0;
    learnAll(() => poisson(random, 100), 10 * day, (learnt) => {
      if (learnt.scored >= day && seer(learnt, .05) !== null) seers++;
    });
    assert(seers <= .02 * 10 * day, `noise ${seed}: ${seers} of ${10 * day}`);
  }
});

Deno.test("forecasters: a tenth of counts is above the interval, whatever the series", () => {
  const series: ((random: () => number) => (bin: number) => number)[] = [
    (random) => () => poisson(random, 100),
    (random) => (bin) => poisson(random, daily(bin)),
    (random) => (bin) => poisson(random, random() < .05 ? 400 : 50 + bin / 20),
  ];
  for (const [i, make] of series.entries()) {
    const next = make(chance(7 + i));
    let [above, seen] = [0, 0];
    learnAll(next, 5_000, (learnt, count) => {
      if (learnt.scored < 200) return;
      const point = tell(learnt, leader(learnt), 1, day);
      seen++;
      if (count > point + reach(learnt, point)) above++;
    });
    assertAlmostEquals(above / seen, .1, .02, `series ${i}`);
  }
});

const hourMs = 3_600_000;
const beganAt = 1_700_000_000_000 - 1_700_000_000_000 % (24 * hourMs);

/** Steps of a minute from hour to hour; returns the floor at each. */
function floors(stepper: Stepper, perHour: (hour: number) => number, from: number, to: number) {
  const seen: { hour: number; floor: number; because: string }[] = [];
  for (let minute = 60 * from; minute < 60 * to; minute++) {
    const { floor, because } = stepper.step(readingOf({
      nowMs: minute * 60_000,
      wallMs: beganAt + minute * 60_000,
      arrivals: perHour(Math.floor((minute - 1) / 60)) / 60,
      finished: 1,
      durationMs: 60_000,
      cores: 16,
    }));
    seen.push({ hour: minute / 60, floor, because });
  }
  return seen;
}

const spiky = (hour: number) => hour % 24 === 9 ? 3_000 : 60;
const hourly = { binMs: hourMs, seasonMs: 24 * hourMs, leadMs: 900_000 };

Deno.test("forecast: a daily spike is prepared for from the third day on", () => {
  const seen = floors(bind("forecast", hourly), spiky, 0, 96);
  const at = (hour: number) => seen.find((one) => one.hour === hour)!;
  assertEquals(seen.filter(({ hour, floor }) => hour < 48 && floor > 0), []);
  assert(at(52).because.includes("foresees"), at(52).because);
  for (const hour of [57, 81]) {
    assert(at(hour - .25).floor >= 50, `a quarter before: ${at(hour - .25).floor}`);
    assert(at(hour + .5).floor >= 50);
    assert(at(hour - 1).floor <= 5 && at(hour + 2).floor <= 5);
  }
});

Deno.test("forecast: only watches where it is told to, and says what it would do", () => {
  const seen = floors(bind("forecast", { ...hourly, mode: "watch" }), spiky, 0, 96);
  assertEquals(new Set(seen.map(({ floor }) => floor)), new Set([0]));
  assert(seen.at(-1)!.because.includes("would keep"), seen.at(-1)!.because);
});

Deno.test("forecast: stays silent about noise", () => {
  const random = chance(3);
  const counts = Array.from({ length: 400 }, () => poisson(random, 600));
  const seen = floors(bind("forecast", hourly), (hour) => counts[hour] ?? 600, 0, 240);
  assert(seen.filter(({ floor }) => floor > 0).length <= .02 * seen.length);
});

Deno.test("forecast: goes on after a restart, also after hours in which nobody counted", () => {
  const before = bind("forecast", hourly);
  floors(before, spiky, 0, 72);
  const kept = JSON.parse(JSON.stringify(before.kept));
  const after = bind("forecast", hourly);
  after.resume(kept, { nowMs: 0, shiftMs: 0 });
  const seen = floors(after, spiky, 76, 96);
  assert(seen.find(({ hour }) => hour === 81.5)!.floor >= 50);
  for (const wrong of [null, 7, {}, { ...kept, counts: "x" }, { ...kept, season: [1] }]) {
    const anew = bind("forecast", hourly);
    anew.resume(wrong, { nowMs: 0, shiftMs: 0 });
    assertEquals(floors(anew, spiky, 76, 77)[0]!.floor, 0);
  }
});
