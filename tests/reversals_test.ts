/** How often a size may turn from growth to shrinking and back. */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { bindConstraint } from "../policies/constraints/mod.ts";
import { readingOf } from "./readings.ts";

/** The sizes of a pool that goes where it is wished to, one wish each `everyMs`, as far as it may. */
function sizes(wishes: readonly number[], everyMs: number, reversalsMax: number | null = 2) {
  const guard = bindConstraint("reversals", { reversalsMax });
  let workers = 4;
  return wishes.map((wish, i) => {
    const reading = readingOf({ nowMs: i * everyMs, workers });
    const floor = guard.constrain(reading)?.floor ?? 0;
    return workers = Math.max(floor, wish);
  });
}

/** Instants at which sizes turn. */
function turnsOf(sizes: readonly number[], everyMs: number): readonly number[] {
  let [last, way] = [4, 0];
  return sizes.flatMap((size, i) => {
    const now = Math.sign(size - last);
    last = size;
    if (now === 0) return [];
    const hasTurned = way !== 0 && now !== way;
    way = now;
    return hasTurned ? [i * everyMs] : [];
  });
}

const mostInAMinute = (turns: readonly number[]) =>
  Math.max(
    0,
    ...turns.map((from) => turns.filter((at) => at >= from && at < from + 60_000).length),
  );

Deno.test("reversals: whatever is wished for, a size turns no more often in any minute", () => {
  const wishes = fc.array(fc.nat(12), { minLength: 50, maxLength: 400 });
  fc.assert(
    fc.property(wishes, fc.integer({ min: 250, max: 9_000 }), fc.integer({ min: 2, max: 6 }), (
      wished,
      everyMs,
      most,
    ) => {
      const turns = turnsOf(sizes(wished, everyMs, most), everyMs);
      assert(mostInAMinute(turns) <= most, `${mostInAMinute(turns)} of ${most}`);
    }),
  );
});

Deno.test("reversals: a square wave of two ticks turns twice in a minute, and never falls short", () => {
  const wave = Array.from({ length: 240 }, (_, i) => i % 2 === 0 ? 10 : 2);
  const seen = sizes(wave, 3_000);
  assert(turnsOf(wave, 3_000).length > 200);
  assert(mostInAMinute(turnsOf(seen, 3_000)) <= 2);
  assert(seen.every((size, i) => size >= wave[i]!), "growth is never held");
});

Deno.test("reversals: what goes one way is not held, nor is anything where it is switched off", () => {
  const slope = Array.from({ length: 60 }, (_, i) => i < 30 ? i + 4 : 33 - (i - 30));
  assertEquals(sizes(slope, 1_000), slope);
  const wave = Array.from({ length: 60 }, (_, i) => i % 2);
  assertEquals(sizes(wave, 1_000, null), wave);
});
