/** Who gets the free memory: the order, its fairness, and how well it packs. */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { nextToPack, passedMax, type Waiting } from "../policies/ordering/packing.ts";
import { type Hog, mixed, pack } from "./memory_stage.ts";

const mib = 2 ** 20;

const one = (part: Partial<Waiting> = {}): Waiting => ({
  rank: 1,
  bytes: 100,
  fits: true,
  running: 0,
  passed: 0,
  sinceMs: 0,
  ...part,
});

Deno.test("packing: takes the better class, then who has less running, then the larger", () => {
  const next = (...waiting: Partial<Waiting>[]) => nextToPack(waiting.map(one), 1_000);
  assertEquals(next(), null);
  assertEquals(next({}, { rank: 0, bytes: 20, running: 9 }), 1);
  assertEquals(next({ running: 2 }, { running: 1, bytes: 20 }), 1);
  assertEquals(next({ bytes: 50 }, { bytes: 60, sinceMs: 5 }), 1);
  assertEquals(next({ sinceMs: 2 }, { sinceMs: 1 }), 1);
  assertEquals(next({ bytes: 1, sinceMs: 1 }, { bytes: 9, sinceMs: 2 }), 0, "both are small");
});

Deno.test("packing: waits for the largest while its operation has nothing running", () => {
  const large = one({ bytes: 900, fits: false });
  assertEquals(nextToPack([large, one()], 1_000), null);
  assertEquals(nextToPack([{ ...large, running: 1 }, one()], 1_000), 1);
  assertEquals(nextToPack([{ ...large, rank: 2 }, one()], 1_000), 1);
});

Deno.test("packing: waits for one that too many went ahead of", () => {
  const late = one({ bytes: 200, fits: false, running: 1, passed: passedMax });
  assertEquals(nextToPack([one(), late], 1_000), null);
  assertEquals(nextToPack([one(), { ...late, fits: true }], 1_000), 1);
  assertEquals(nextToPack([one(), { ...late, passed: passedMax - 1 }], 1_000), 0);
});

/** Fewest rounds in which jobs of these sizes can run, found by looking at every way. */
function fewestRounds(sizes: readonly number[], budget: number): number {
  const all = (1 << sizes.length) - 1;
  const sum = (set: number) =>
    sizes.reduce((total, size, i) => set >> i & 1 ? total + size : total, 0);
  const rounds = new Array<number>(all + 1).fill(Infinity);
  rounds[0] = 0;
  for (let set = 1; set <= all; set++) {
    for (let part = set; part > 0; part = (part - 1) & set) {
      if (sum(part) <= budget) rounds[set] = Math.min(rounds[set]!, rounds[set ^ part]! + 1);
    }
  }
  return rounds[all]!;
}

Deno.test("packing: takes at most half as many rounds again as an exact packer, and one", () => {
  const sizes = fc.array(fc.integer({ min: 10, max: 100 }), { minLength: 1, maxLength: 9 });
  fc.assert(
    fc.property(sizes, (list) => {
      const hogs = list.map((bytes, i) => ({ operation: `o${i}`, bytes, holdMs: 1 }));
      const { makespanMs, overruns } = pack(hogs, 100, true);
      assertEquals(overruns, []);
      const exact = fewestRounds(list, 100);
      assert(
        makespanMs >= exact && makespanMs <= 1.5 * exact + 1,
        `${makespanMs}, ${exact}`,
      );
    }),
    { numRuns: 300 },
  );
});

const hogs = fc.array(
  fc.record({
    operation: fc.constantFrom("a", "b", "c", "d"),
    bytes: fc.integer({ min: 1, max: 120 }),
    holdMs: fc.integer({ min: 1, max: 50 }),
  }),
  { minLength: 1, maxLength: 60 },
);

Deno.test("packing: begins every job, never over the budget, within twice what must be", () => {
  fc.assert(
    fc.property(hogs, (list) => {
      const { makespanMs, overruns, order } = pack(list, 100, true);
      assertEquals(order.length, list.length);
      assertEquals(overruns.length, list.filter(({ bytes }) => bytes > 100).length);
      const area = list.reduce((sum, { bytes, holdMs }) => sum + Math.min(100, bytes) * holdMs, 0);
      const longest = Math.max(...list.map(({ holdMs }) => holdMs));
      assert(makespanMs <= 2 * area / 100 + 2 * longest + 50, `${makespanMs}, ${area / 100}`);
    }),
    { numRuns: 300 },
  );
});

Deno.test("packing: a stream of small ones keeps no large one waiting for ever", () => {
  const small = Array.from({ length: 500 }, (_, i): Hog => ({
    operation: `small${i % 3}`,
    bytes: 30,
    holdMs: 10 + i % 7,
  }));
  const list = [...small.slice(0, 10), { operation: "large", bytes: 95, holdMs: 10 }, ...small];
  const { order } = pack(list, 100, true);
  assert(order.indexOf(11) <= 10, `begun as number ${order.indexOf(11)}`);
});

Deno.test("packing: 400 jobs of 8 unknown operations take 1.2x of what knowing them takes", () => {
  const budget = 2_048 * mib;
  const ratios = Array.from({ length: 10 }, (_, seed) => {
    const list = mixed(seed, 1);
    const learned = pack(list, budget);
    const known = pack(list, budget, true);
    const area = list.reduce((sum, { bytes, holdMs }) => sum + bytes * holdMs, 0) / budget;
    assertEquals(learned.overruns.filter((ended) => ended >= 5), []);
    assertEquals(known.overruns, []);
    assert(
      known.makespanMs <= 1.12 * area,
      `knowing takes ${known.makespanMs / area} of the least`,
    );
    return learned.makespanMs / known.makespanMs;
  });
  assert(Math.max(...ratios) <= 1.2, ratios.map((ratio) => ratio.toFixed(3)).join(" "));
});
