/** Strange values: a spike is found, a day's swing and noise are not. */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { type Anomaly, takeAnomaly, watchAnomaly } from "../policies/detectors/anomaly.ts";
import { normal, series, wave } from "./series.ts";

const everyMs = 300_000;
const day = 288;

/** Numbers of the values that were told. */
function told(values: readonly number[], ms = everyMs): number[] {
  let anomaly = watchAnomaly(ms);
  const found: number[] = [];
  values.forEach((value, i) => {
    anomaly = takeAnomaly(anomaly, value);
    if (anomaly.isNew) found.push(i);
  });
  return found;
}

/** Days of an office: three times as much at noon as at night, with noise. */
function office(seed: number, days: number): number[] {
  const chance = normal(seed);
  return series(days * day, (i) => Math.max(0, (100 + 50 * wave(i, day)) * (1 + .05 * chance())));
}

Deno.test("anomaly: a day's swing is none, in 10 series of a week", () => {
  for (let seed = 1; seed <= 10; seed++) assertEquals(told(office(seed, 7)), [], `seed ${seed}`);
});

Deno.test("anomaly: a spike of 5 deviations of the series is found, once", () => {
  const deviation = 37;
  for (let seed = 1; seed <= 20; seed++) {
    const values = office(seed, 3);
    const start = 2 * day + 7 * seed % 200;
    for (let i = start; i < start + 3; i++) values[i]! += 5 * deviation;
    assertEquals(told(values), [start + 1], `seed ${seed}`);
  }
});

Deno.test("anomaly: a fall to nothing is found, a single strange value of moderate size is not", () => {
  const values = office(1, 3);
  const fallen = values.map((value, i) => i >= 700 ? 0 : value);
  assertEquals(told(fallen), [701]);
  assertEquals(told(values.map((value, i) => i === 700 ? 3 * value : value)), []);
});

Deno.test("anomaly: is told again only after a day without", () => {
  const values = office(2, 6);
  for (const start of [600, 700, 850, 1_200]) {
    for (let i = start; i < start + 3; i++) values[i]! *= 8;
  }
  assertEquals(told(values), [601, 1_201]);
});

Deno.test("anomaly: values that hardly change may change by a share of a percent", () => {
  const steady = series(600, (i) => 1e6 + (i > 400 ? 2e3 : 0));
  assertEquals(told(steady), []);
  assertEquals(told(steady.map((value, i) => i > 500 ? 2 * value : value)), [502]);
});

Deno.test("anomaly: what is unknown changes nothing, and is not told twice", () => {
  const values = office(3, 3);
  for (let i = 700; i < 703; i++) values[i]! *= 8;
  let anomaly = watchAnomaly(everyMs);
  let times = 0;
  for (const value of values) {
    for (const one of [value, NaN, -1, Infinity]) {
      const before: Anomaly = anomaly;
      anomaly = takeAnomaly(anomaly, one);
      if (anomaly.isNew) times++;
      if (one !== value) assertEquals(anomaly, { ...before, isNew: false });
    }
  }
  assertEquals(times, 1);
});

Deno.test("anomaly: remembers a day, at most 1,440 values, and goes on from JSON", () => {
  const ms = [1_000, 60_000, 300_000, 1_800_000, 86_400_000];
  assertEquals(ms.map((one) => watchAnomaly(one).perDay), [1_440, 1_440, 288, 48, 20]);
  fc.assert(fc.property(fc.array(fc.double({ noNaN: false }), { maxLength: 120 }), (values) => {
    let one = watchAnomaly(1_800_000);
    let other = one;
    for (const value of values) {
      one = takeAnomaly(one, value);
      other = takeAnomaly(JSON.parse(JSON.stringify(other)), value);
      assert(one.residuals.length <= 48 && (one.deviation === null || !isNaN(one.deviation)));
    }
    assertEquals(other, one);
  }));
});
