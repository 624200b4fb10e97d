/** Another level: since when, and none where there is only noise. */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import { type Change, type Changed, takeValue, unchanged } from "../policies/detectors/change.ts";
import { normal, red, series } from "./series.ts";

/** Changes that were told, and after how many values. */
function changes(values: readonly number[]): (Changed & { readonly after: number })[] {
  let change: Change = unchanged;
  return values.flatMap((value, i) => {
    change = takeValue(change, value);
    return change.changed === null ? [] : [{ ...change.changed, after: i + 1 }];
  });
}

Deno.test("change: a shift by two deviations is found within 20 values, and where it was", () => {
  for (let seed = 1; seed <= 20; seed++) {
    const chance = normal(seed);
    const found = changes(series(170, (i) => chance() + (i >= 120 ? 2 : 0)));
    assertEquals(found.length, 1, `seed ${seed}`);
    const { after, sinceTicks, from, to } = found[0]!;
    assert(after <= 150 && Math.abs(after - sinceTicks - 120) <= 8, JSON.stringify(found));
    assertAlmostEquals(from, 0, .6);
    assertAlmostEquals(to, 2, 1);
  }
});

Deno.test("change: a clear one is dated to the value, whatever the scale", () => {
  for (const scale of [1e-6, 1, 1e9]) {
    const chance = normal(3);
    const found = changes(series(200, (i) => scale * (1_000 + chance() + (i >= 119 ? 6 : 0))));
    assertEquals(found.map(({ after, sinceTicks }) => after - sinceTicks), [119]);
  }
});

Deno.test("change: each step of a staircase is one", () => {
  const chance = normal(4);
  const found = changes(series(400, (i) => chance() + 8 * Math.floor(i / 100)));
  assertEquals(found.map(({ after, sinceTicks }) => after - sinceTicks), [100, 200, 300]);
});

Deno.test("change: noise has none, also where values resemble the last ones", () => {
  for (const rho of [0, .5, .9]) {
    const chance = red(7, rho);
    assertEquals(changes(series(3_000, chance)), [], `rho ${rho}`);
  }
});

Deno.test("change: a few wild values are no new level", () => {
  const chance = normal(5);
  assertEquals(changes(series(300, (i) => chance() + (i >= 200 && i < 208 ? 1e6 : 0))), []);
  assertEquals(changes(series(300, () => 5)), []);
});

Deno.test("change: remembers at most 240 values, ignores what is none, goes on from JSON", () => {
  const values = fc.array(fc.oneof(fc.integer({ min: 0, max: 9 }), fc.constant(NaN)), {
    minLength: 200,
    maxLength: 300,
  });
  fc.assert(
    fc.property(values, (list) => {
      let one: Change = unchanged;
      let other: Change = unchanged;
      for (const value of list) {
        one = takeValue(one, value);
        other = takeValue(JSON.parse(JSON.stringify(other)), value);
        assert(one.values.length <= 240 && one.values.every(Number.isFinite));
      }
      assertEquals(other, one);
    }),
    { numRuns: 10 },
  );
});
