/** Levels of use: where they begin, where they end, and what is told of them. */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { composeConfig } from "../actors/config.ts";
import { Levels } from "../actors/limits/levels.ts";
import { Refusal } from "../actors/refusal.ts";
import type { ControlFact } from "../messages/facts.ts";
import {
  type Level,
  levelOf,
  type Marks,
  marksOf,
  type Thresholds,
  thresholdsSchema,
} from "../policies/limits/threshold.ts";

const mib = 2 ** 20;
const seed: Marks = { warning: 120, critical: 140, clear: 108 };

const levels = (values: readonly (number | null)[], marks = seed) =>
  values.reduce<Level[]>(
    (seen, value) => [...seen, levelOf(seen.at(-1) ?? "calm", value, marks)],
    [],
  );

Deno.test("threshold: each level begins at its mark and ends below the next lower one", () => {
  const up: Level[] = ["calm", "calm", "warning", "warning", "critical"];
  assertEquals(levels([100, 119, 120, 139, 140]), up);
  const down: Level[] = ["critical", "critical", "critical", "warning", "warning", "calm"];
  assertEquals(levels([150, 139, 120, 119, 108, 107]), down);
  assertEquals(
    levels([150, null, NaN]),
    ["critical", "critical", "critical"],
    "unknown is not free",
  );
  assertEquals(levels([null]), ["calm"]);
  assertEquals(levels([1e9], { ...seed, critical: null }), ["warning"]);
});

Deno.test("threshold: a ramp up and down passes each level once, and a value at a mark never flaps", () => {
  const marks = fc.uniqueArray(fc.integer({ min: 1, max: 1_000 }), { minLength: 3, maxLength: 3 })
    .map((three) => three.sort((a, b) => a - b))
    .map(([clear, warning, critical]): Marks => ({
      clear: clear!,
      warning: warning!,
      critical: critical!,
    }));
  fc.assert(fc.property(marks, fc.integer({ min: 1, max: 50 }), (marks, step) => {
    const ramp: number[] = [];
    for (let value = 0; value <= 1_100; value += step) ramp.push(value);
    const seen = levels([...ramp, ...ramp.toReversed()], marks);
    const changes = seen.filter((level, i) => level !== (seen[i - 1] ?? "calm"));
    // A step may be wider than a level.
    const whole: Level[] = ["warning", "critical", "warning", "calm"];
    let at = 0;
    for (const change of changes) at = whole.indexOf(change, at) + 1 || Infinity;
    assert(at <= whole.length && changes.at(-1) === "calm", changes.join());
  }));
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 109, max: 139 }), { maxLength: 50 }), (values) => {
      const seen = levels([120, ...values]);
      assertEquals(new Set(seen), new Set<Level>(["warning"]));
    }),
  );
});

Deno.test("threshold: the way back is a share of the warning where nothing is said", () => {
  const given = thresholdsSchema.parse({
    memory: { warningBytes: 100 },
    cpu: { warningCores: 0.2 },
  });
  const { memory, cpu } = marksOf(given);
  assertEquals(memory, { warning: 100, critical: null, clear: 90 });
  assertEquals([cpu!.warning, cpu!.critical, cpu!.clear.toFixed(3)], [0.2, null, "0.150"]);
  assertEquals(marksOf({ memory: null, cpu: null }), {});
});

/** The levels of one operation, and what they tell. */
function stage(thresholds: Thresholds) {
  const facts: ControlFact[] = [];
  const subject = { of: "operation", name: "agent", held: "its jobs wait" } as const;
  const levels = new Levels(subject, thresholds, (fact) => facts.push(fact));
  const told = () =>
    facts.splice(0).map((fact) => fact.type === "alert" && [fact.level, fact.message]);
  return { levels, told };
}

const memory = {
  warningBytes: 120 * mib,
  criticalBytes: 140 * mib,
  clearBytes: null,
};

Deno.test("levels: a ramp of memory is told of as warning, then critical, once each, then its end", () => {
  const { levels, told } = stage({ memory, cpu: null });
  for (let use = 50; use < 150; use += 2) levels.look({ bytes: use * mib, cpuMs: null }, use);
  const calmly = "its jobs wait until it is below 108 MiB";
  assertEquals(told(), [
    ["warning", `operation agent uses 120 MiB of memory, its warning level is 120 MiB: ${calmly}`],
    [
      "critical",
      `operation agent uses 140 MiB of memory, its critical level is 140 MiB: ${calmly}`,
    ],
  ]);
  assertEquals([levels.level(), levels.level("cpu")], ["critical", "calm"]);
  for (let use = 150; use > 50; use -= 2) levels.look({ bytes: use * mib, cpuMs: null }, 300 - use);
  assertEquals(told(), [
    ["info", `operation agent uses 118 MiB of memory, its warning level is 120 MiB: ${calmly}`],
    ["info", "operation agent uses 106 MiB of memory again, its jobs wait no more"],
  ]);
  assertEquals(levels.because, null);
});

Deno.test("levels: CPU time is that of about a second, whatever looks come when", () => {
  const cpu = { warningCores: 0.2, criticalCores: null, clearCores: 0.15 };
  const { levels, told } = stage({ memory: null, cpu });
  let cpuMs = 500_000;
  let nowMs = 0;
  const burn = (share: number, lengthMs: number) => {
    for (const untilMs = nowMs + lengthMs; nowMs < untilMs;) {
      const stepMs = 100 + (nowMs * 7) % 300;
      nowMs += stepMs;
      levels.look({ bytes: null, cpuMs: cpuMs += share * stepMs }, nowMs);
    }
  };
  burn(0.19, 30_000);
  assertEquals(told(), [], "what was used before it was watched does not count");
  burn(0.5, 3_000);
  assertEquals(told().map((one) => one && one[0]), ["warning"]);
  burn(0.16, 30_000);
  assertEquals([told(), levels.level()], [[], "warning"]);
  burn(0.1, 5_000);
  assertEquals(told().map((one) => one && one[0]), ["info"]);
});

Deno.test("levels: thresholds that are taken away leave nobody at a level", () => {
  const { levels, told } = stage({ memory, cpu: null });
  levels.look({ bytes: 130 * mib, cpuMs: null }, 1);
  levels.adopt({ memory: { ...memory, warningBytes: 125 * mib }, cpu: null });
  assertEquals(levels.status, [{
    of: "operation",
    name: "agent",
    measure: "memory",
    level: "warning",
    value: 130 * mib,
    warning: 125 * mib,
    critical: 140 * mib,
  }]);
  levels.adopt({ memory: null, cpu: null });
  assertEquals([told().length, levels.level(), levels.status], [2, "calm", []]);
});

Deno.test("thresholds: levels in the wrong order are refused with both paths and values", () => {
  const problems = (values: object) => {
    try {
      composeConfig([{ name: "test", values }]);
      return [];
    } catch (error) {
      assert(error instanceof Refusal);
      return error.issues.map(({ message }) => message);
    }
  };
  const at = "operations.agent.thresholds";
  const of = (thresholds: object) => problems({ operations: { agent: { thresholds } } });
  assertEquals(of({ cpu: { warningCores: 0.2, clearCores: 0.2 } }), [
    `test ${at}.cpu.clearCores (0.2) must be < ${at}.cpu.warningCores (0.2)`,
  ]);
  assertEquals(of({ memory: { warningBytes: "150MB", criticalBytes: "140MB" } }), [
    `test ${at}.memory.warningBytes ("150MB") must be < ${at}.memory.criticalBytes ("140MB")`,
  ]);
  assertEquals(of({ memory: { criticalBytes: "140MB" } }), [
    `test ${at}.memory.warningBytes: expected a number, given nothing`,
  ]);
  assertEquals(of({ memory: { warningBytes: "12 parsecs" } }).length, 1);
  assertEquals(of({ cpu: { warningCores: -1 } }), [
    `test ${at}.cpu.warningCores: expected >= 0.001, given -1`,
  ]);
  assertEquals(of({ cup: { warningCores: 1 } }), [
    `test ${at}.cup: unknown key; did you mean ${at}.cpu?`,
  ]);
  assertEquals(
    problems({ pools: { default: { thresholds: { memory: { warningBytes: "1GB" } } } } }),
    [],
  );
});
