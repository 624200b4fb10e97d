/** Time limits that are learnt: what they follow, and how many are ended by them. */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  createLengths,
  hangs,
  learntLimit,
  type LearntTimeoutRules,
  learntTimeoutRules,
  type Lengths,
  lengthsOf,
  lengthsRow,
  noteCut,
  noteDone,
} from "../policies/limits/learnt_timeout.ts";
import { mulberry } from "./chance.ts";

const rulesOf = (rules: Partial<LearntTimeoutRules> = {}) =>
  learntTimeoutRules.parse({ minMs: 1, ...rules });

/** After `ms` was done `times` times. */
function after(ms: number, times: number): Lengths {
  const lengths = createLengths();
  for (let i = 0; i < times; i++) noteDone(lengths, ms);
  return lengths;
}

/** One attempt after the other, each with the limit that holds when it begins; how many it ends. */
function cutsOf(lengths: Lengths, rules: LearntTimeoutRules, needsMs: readonly number[]): number {
  let cuts = 0;
  for (const ms of needsMs) {
    const limitMs = learntLimit(lengths, rules)?.limitMs ?? Infinity;
    if (ms <= limitMs) noteDone(lengths, ms);
    else {
      cuts++;
      noteCut(lengths, limitMs, rules);
    }
  }
  return cuts;
}

Deno.test("learnt timeout: there is none before 20 were done, and none below its least", () => {
  const rules = rulesOf();
  const lengths = after(100, 19);
  assertEquals(learntLimit(lengths, rules), null);
  noteDone(lengths, 300);
  assertEquals(learntLimit(lengths, rules), { limitMs: 1_500, p99Ms: 300, attempts: 20 });
  assertEquals(learntLimit(lengths, learntTimeoutRules.parse({}))?.limitMs, 10_000);
  for (const nonsense of [NaN, -1, Infinity]) noteDone(lengths, nonsense);
  assertEquals(lengths.latest.length, 20);
});

/** The same, looked up in a sorted list. */
function exactly(latest: readonly number[], cutInARow: number, rules: LearntTimeoutRules) {
  const kept = latest.slice(-500);
  if (kept.filter((ms) => ms >= 0).length < 20) return null;
  const counted = kept.filter((ms) => ms >= 0 || cutInARow < 5).map(Math.abs);
  const p99 = (list: readonly number[]) =>
    list.toSorted((a, b) => a - b)[Math.ceil(0.99 * list.length) - 1]!;
  const p99Ms = Math.max(p99(counted), p99(counted.slice(-100)));
  return Math.max(rules.minMs, Math.ceil(rules.p99Times * p99Ms));
}

Deno.test("learnt timeout: is the larger percentile of the latest 100 and 500, times what is said", () => {
  const attempt = fc.oneof(
    { weight: 20, arbitrary: fc.record({ ms: fc.double({ min: 0, max: 1e6, noNaN: true }) }) },
    { weight: 2, arbitrary: fc.record({ cuts: fc.integer({ min: 1, max: 7 }) }) },
  );
  const list = fc.array(attempt, { minLength: 20, maxLength: 900, size: "max" });
  const times = fc.double({ min: 1.5, max: 20, noNaN: true });
  fc.assert(
    fc.property(list, times, (attempts, p99Times) => {
      const rules = rulesOf({ p99Times });
      const lengths = createLengths();
      const latest: number[] = [];
      for (const one of attempts) {
        if ("ms" in one) {
          noteDone(lengths, one.ms);
          latest.push(one.ms);
        }
        const cuts = "cuts" in one ? one.cuts : 0;
        for (let left = cuts; left > 0; left--) {
          const { limitMs } = learntLimit(lengths, rules) ?? { limitMs: 7 };
          if (!hangs(lengths)) latest.push(-2 * limitMs / p99Times);
          noteCut(lengths, limitMs, rules);
        }
      }
      const { limitMs = null } = learntLimit(lengths, rules) ?? {};
      assertEquals(limitMs, exactly(latest, lengths.cutInARow, rules));
      const stored = lengthsOf(JSON.parse(JSON.stringify(lengthsRow(lengths))))!;
      stored.cutInARow = lengths.cutInARow;
      const again = learntLimit(stored, rules)?.limitMs ?? null;
      if (limitMs === null) return assertEquals(again, null);
      assert(Math.abs(again! / limitMs - 1) < 1e-3 || limitMs < 5_000, `${again} ${limitMs}`);
    }),
    { numRuns: 20 },
  );
});

/** How long attempts take that are not all alike, by a unit 0..1 and another one. */
const kinds: Readonly<Record<string, (unit: number, other: number) => number>> = {
  "all alike": () => 100,
  even: (unit) => 100 * unit,
  exponential: (unit) => -100 * Math.log(1 - unit),
  "lognormal, sigma 1": (unit, other) => 100 * Math.exp(normal(unit, other)),
  "lognormal, sigma 2": (unit, other) => 100 * Math.exp(2 * normal(unit, other)),
  "Pareto, alpha 1.5": (unit) => 100 * (1 - unit) ** (-1 / 1.5),
  "Pareto, alpha 1": (unit) => 100 / (1 - unit),
  "one in 10 takes 100 times as long": (unit) => unit < 0.1 ? 10_000 : 100,
  "one in 20 takes 20 times as long": (unit) => unit < 0.05 ? 2_000 : 100,
  "one in 300 takes 100 times as long": (unit) => unit < 1 / 300 ? 10_000 : 100,
};
const normal = (unit: number, other: number) =>
  Math.sqrt(-2 * Math.log(1 - unit)) * Math.cos(2 * Math.PI * other);

for (const [kind, ms] of Object.entries(kinds)) {
  Deno.test(`learnt timeout: three times the percentile ends less than 1 % by chance: ${kind}`, () => {
    for (let seed = 1; seed <= 3; seed++) {
      const unit = mulberry(seed);
      const needsMs = Array.from({ length: 2_000 }, () => ms(unit(), unit()));
      const cuts = cutsOf(createLengths(), rulesOf({ p99Times: 3 }), needsMs);
      assert(cuts < 20, `${cuts} of 2,000 with seed ${seed}`);
    }
  });
}

Deno.test("learnt timeout: follows an operation that becomes slower, and ends a handful at most", () => {
  // Times the percentile, times as slow, ended at most.
  const cases = [[1.5, 2, 2], [3, 2, 0], [3, 10, 4], [5, 19, 4], [1.5, 3, 2]] as const;
  for (const [p99Times, slower, most] of cases) {
    const rules = rulesOf({ p99Times });
    const lengths = after(1_000, 500);
    const before = learntLimit(lengths, rules)!.limitMs;
    const cuts = cutsOf(lengths, rules, Array.from({ length: 200 }, () => slower * 1_000));
    assert(cuts <= most, `${slower} times as slow: ${cuts} ended`);
    assertEquals(learntLimit(lengths, rules)!.limitMs, slower * before, "it has followed");
    cutsOf(lengths, rules, Array.from({ length: 500 }, () => 1_000));
    assertEquals(learntLimit(lengths, rules)!.limitMs, before, "and back");
  }
});

Deno.test("learnt timeout: what hangs is ended at four times the limit at most, and soon at the limit", () => {
  const rules = rulesOf();
  const lengths = after(1_000, 100);
  const limitsMs = Array.from({ length: 1_000 }, () => {
    const { limitMs } = learntLimit(lengths, rules)!;
    noteCut(lengths, limitMs, rules);
    return limitMs;
  });
  assertEquals(limitsMs.slice(0, 6), [5_000, 5_000, 10_000, 10_000, 20_000, 5_000]);
  assertEquals(new Set(limitsMs.slice(5)), new Set([5_000]));
  assertEquals(lengths.latest.length, 105, "and drives out nothing of what is known");
});

Deno.test("learnt timeout: what was stored and is not ours is left out", () => {
  for (const row of [null, {}, "1", [1, "2"], [NaN], [null]]) assertEquals(lengthsOf(row), null);
  const long = lengthsOf(Array.from({ length: 700 }, (_, i) => i))!;
  assertEquals([long.latest.length, lengthsRow(long)[0]], [500, 200], "the latest ones");
});
