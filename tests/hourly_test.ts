/** Strange values, by the same hour of other days and weeks. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { Usuals } from "../actors/series/usuals.ts";
import { takeAnomaly, watchAnomaly } from "../policies/detectors/anomaly.ts";
import { takeHour, unknownWeek, usualNow } from "../policies/detectors/week.ts";
import { memoryStore } from "../actors/stores/memory.ts";
import { AlertsStage, oneSink } from "./alerts_stage.ts";
import { ManualClock } from "./manual_clock.ts";
import { normal, wave } from "./series.ts";
import { Stage } from "./series_stage.ts";
import { until } from "./until.ts";

const [everyMs, hourMs] = [300_000, 3_600_000];
const [perHour, perDay] = [12, 288];
/** A Monday, 00:00 UTC. */
const mondayAt = Date.UTC(2026, 0, 5);

/** A day of an office: three times as much at noon as at night, half of it at the weekend. */
function office(at: number, noise: number): number {
  const isWeekend = Math.floor(at / perDay) % 7 > 4;
  return Math.max(0, (100 + 50 * wave(at, perDay)) * (isWeekend ? .5 : 1) * (1 + .05 * noise));
}

/** Numbers of the values that are told, judged by the hours before. */
function told(days: number, seed: number, change: (at: number, value: number) => number): number[] {
  const chance = normal(seed);
  let week = unknownWeek;
  let anomaly = watchAnomaly(everyMs);
  let sum = 0;
  const found: number[] = [];
  for (let at = 0; at < days * perDay; at++) {
    const value = change(at, office(at, chance()));
    const usual = usualNow(week, mondayAt + at * everyMs);
    if (usual !== null) {
      anomaly = takeAnomaly(anomaly, value, usual);
      if (anomaly.isNew) found.push(at);
    }
    sum += value;
    if ((at + 1) % perHour > 0) continue;
    week = takeHour(week, sum / perHour, mondayAt + (at - perHour + 1) * everyMs);
    sum = 0;
  }
  return found;
}

Deno.test("hourly: a day's swing and a weekend are none, in three weeks, the first among them", () => {
  for (let seed = 1; seed <= 3; seed++) assertEquals(told(21, seed, (_, value) => value), []);
});

Deno.test("hourly: a spike of 5 deviations of the series is found, once", () => {
  const deviation = 37;
  for (let seed = 1; seed <= 3; seed++) {
    const from = 8 * perDay + 31 * seed;
    const spiked = (at: number, value: number) =>
      at >= from && at < from + 3 ? value + 5 * deviation : value;
    assertEquals(told(14, seed, spiked), [from + 1], `seed ${seed}`);
  }
});

Deno.test("hourly: a night that becomes as busy as a noon is found, however slowly it does", () => {
  const from = 9 * perDay + 150;
  // The curve does not fall after noon; where the last values were going says nothing.
  const busy = (at: number, value: number) =>
    at >= from && at < from + perDay / 2 ? Math.max(value, 145) : value;
  const [first, ...others] = told(14, 3, busy);
  assert(first !== undefined && first > from && first < from + perDay / 2, `${first}`);
  assertEquals(others, []);
  let anomaly = watchAnomaly(everyMs);
  const chance = normal(3);
  for (let at = 0; at < 14 * perDay; at++) {
    anomaly = takeAnomaly(anomaly, busy(at, office(at, chance())));
    assert(at < from || at > from + perDay / 2 || !anomaly.isNew, "without the hours it is not");
  }
});

Deno.test("hourly: the rule is told what is usual, and says so", async () => {
  const stage = await new AlertsStage({
    config: { ...oneSink, rules: { anomaly: { series: ["queued"], everyMs } } },
  }).start();
  const usual = (name: string) => name === "queued" ? 100 : null;
  for (let i = 0; i < 40; i++) await stage.rush(everyMs, { queued: 98 + i % 5, usual });
  for (let queued = 100; queued < 700; queued *= 1.04) await stage.rush(everyMs, { queued, usual });
  assertEquals(stage.news[0], "alertRaised warning anomaly");
  assertMatch(stage.alerts.view.items[0]!.message, /from this hour of other weeks/);
});

Deno.test("hourly: what is usual is read of the hours that are kept, once somebody asks", async () => {
  const store = memoryStore();
  const stage = new Stage(store);
  stage.seen = { queued: 40 };
  for (let minute = 0; minute < 61; minute++) {
    stage.run();
    await stage.pass(60);
  }
  stage.series.close();
  // A later life finds them in the store, half past twelve on the next day.
  const next = new Stage(store, new ManualClock(stage.clock.wallMs() + 23.5 * hourMs));
  const usuals = new Usuals(next.series);
  assertEquals(usuals.of("queued"), null, "it is being read");
  await next.clock.advance(0);
  await until(() => usuals.of("queued") !== null);
  assertEquals([usuals.of("queued"), usuals.of("accepted")], [40, 60]);
  assertEquals(usuals.of("nonsense"), null);
});
