/** The table of open jobs, beside a Map. */
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { Numbered } from "../actors/numbered.ts";

/** Numbers as jobs have them: close together, kept ones above zero, others below it. */
const number = fc.oneof(
  fc.integer({ min: -600, max: 600 }),
  fc.integer({ min: 2 ** 31 - 300, max: 2 ** 31 + 300 }),
  fc.maxSafeInteger(),
);
const step = fc.record({ number, adds: fc.boolean() });

Deno.test("numbered: holds what a map would hold", () => {
  fc.assert(fc.property(fc.array(step, { maxLength: 400 }), (steps) => {
    const numbered = new Numbered<string>();
    const map = new Map<number, string>();
    for (const { number, adds } of steps) {
      if (adds) {
        numbered.set(number, `item ${number}`);
        map.set(number, `item ${number}`);
      } else assertEquals(numbered.delete(number), map.delete(number));
      assertEquals(numbered.get(number), map.get(number));
      assertEquals(numbered.size, map.size);
    }
    assertEquals([...numbered.values()].sort(), [...map.values()].sort());
  }));
});

Deno.test("numbered: a later item takes the place of an earlier one", () => {
  const numbered = new Numbered<string>();
  numbered.set(-1, "one");
  numbered.set(-1, "other");
  assertEquals([numbered.size, numbered.get(-1), [...numbered.values()]], [1, "other", ["other"]]);
});

Deno.test("numbered: pages that were emptied are let go of", () => {
  const numbered = new Numbered<number>();
  for (let i = 1; i <= 100_000; i++) {
    numbered.set(i, i);
    numbered.delete(i - 100);
  }
  assertEquals([numbered.size, numbered.pages], [100, 1]);
});

Deno.test("numbered: those below a number come from the largest on", () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 1_000 })), fc.nat(1_100), (all, at) => {
      const numbered = new Numbered<number>();
      for (const number of all) numbered.set(number, number);
      const below = all.filter((number) => number < at).sort((a, b) => b - a);
      assertEquals([...numbered.before(at)], below);
      assertEquals([...numbered.before(Infinity)], all.toSorted((a, b) => b - a));
    }),
  );
});
