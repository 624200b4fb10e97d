/** What a pool may cost and how hot it may get. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { composeConfig } from "../actors/config.ts";
import { guardsOf } from "../actors/reload.ts";
import { Refusal } from "../actors/runtime.ts";
import { bindConstraint } from "../policies/constraints/mod.ts";
import { bind } from "../policies/scaling/mod.ts";
import { closed, combine } from "../policies/scaling/combine.ts";
import { orderOf } from "./orders.ts";
import { anyReading, readingOf } from "./readings.ts";
import { SystemStage } from "./system_stage.ts";

Deno.test("cost: whatever is proposed, 100,000 times, the workers never cost more", () => {
  const options = fc.record({
    budgetPerHour: fc.double({ min: .01, max: 50, noNaN: true }),
    workerPerHour: fc.double({ min: .001, max: 5, noNaN: true }),
    cpuPerHour: fc.double({ min: 0, max: 1, noNaN: true }),
  });
  let steps = 0;
  fc.assert(
    fc.property(options, fc.array(fc.tuple(anyReading, fc.nat(400)), { minLength: 100 }), (
      given,
      looks,
    ) => {
      const guard = bindConstraint("cost", given);
      let before = closed;
      for (let round = 0; round < 20; round++) {
        for (const [reading, wish] of looks) {
          const veto = guard.constrain(reading)!;
          const policies = [{ policy: "p", proposal: { floor: wish, because: "p" } }];
          before = combine(before, policies, [{ policy: "cost", proposal: veto }]).envelope;
          assert(before.cap * given.workerPerHour <= given.budgetPerHour * (1 + 1e-6));
          assert(before.floor <= before.cap);
          steps++;
        }
      }
    }),
    { numRuns: 50 },
  );
  assert(steps >= 100_000);
});

Deno.test("cost: counts the core and the memory that a busy worker wants, says why, and yields to no floor", () => {
  const guard = bindConstraint("cost", { budgetPerHour: 1, workerPerHour: .1, cpuPerHour: .2 });
  assertEquals(guard.constrain(readingOf())?.cap, 3, "a whole core where it is unknown");
  const told = guard.constrain(readingOf({ workerDemandRatio: .5 }))!;
  assertEquals(told, {
    floor: 0,
    cap: 5,
    because: "a busy worker costs 0.2 an hour, at most 1 may",
  });
  assertEquals(bindConstraint("cost").idle!(readingOf()), "no budget is set");
});

Deno.test("cost: is set for a pool, and refused where nothing has a price", () => {
  const values = { pools: { default: { slo: { budgetPerHour: 1 } } } };
  const error = assertThrows(() => composeConfig([{ name: "t", values }]), Refusal);
  assertEquals(error.issues.map(({ pointer }) => pointer), ["/pools/default/slo/budgetPerHour"]);
  const priced = { ...values, costs: { workerPerHour: .25 } };
  const { pools, costs } = composeConfig([{ name: "t", values: priced }]);
  const host = { cores: 2, memoryAvailableBytes: 4e9 };
  const guards = guardsOf(pools.default!, host, costs);
  const caps = guards.map((guard) => [guard.name, guard.constrain(readingOf())?.cap]);
  assertEquals(Object.fromEntries(caps).cost, 4);
  assertEquals(Object.fromEntries(caps).thermal, undefined);
});

Deno.test("cost: a pool that is at its budget does not grow, and the record says why", async () => {
  const stage = new SystemStage({ min: 1, max: 8, part: { jobMs: 200, holds: true } });
  const { clock, system } = stage;
  const guards = [
    bindConstraint("bounds", { min: 1, max: 8 }),
    bindConstraint("cost", { budgetPerHour: 1, workerPerHour: .3 }),
  ];
  system.seat({ policies: [bind("governor")], guards });
  await clock.advance(1_000);
  for (let i = 0; i < 400; i++) system.queue.submitOne(orderOf());
  let most = 0;
  for (let i = 0; i < 100; i++) {
    await clock.advance(100);
    most = Math.max(most, stage.ready);
  }
  assertEquals([most, system.pool.envelope.cap], [3, 3]);
  const capped = system.controller.decisions().at(-1)!;
  const veto = capped.vetoes.find(({ policy }) => policy === "cost");
  assertEquals(veto?.proposal.because, "a busy worker costs 0.3 an hour, at most 1 may");
  assertEquals(capped.envelope.cap, 3);
  await system.stop();
});

/** The caps of a pool of 8 whose processor takes these temperatures, one for each second. */
function caps(temperatures: readonly (number | null)[]): (number | undefined)[] {
  const guard = bindConstraint("thermal", { warnCelsius: 80, critCelsius: 100 });
  return temperatures.map((temperatureCelsius, s) =>
    guard.constrain(readingOf({ nowMs: s * 1_000, temperatureCelsius, workers: 8 }))?.cap
  );
}

const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);

Deno.test("thermal: caps by how near the limit is, and lets go 5 degrees below where it began", () => {
  const [cool, hot] = [times(30, 60), times(60, 91)];
  assertEquals(caps([...cool, ...hot]).at(-1), 4);
  assertEquals(caps([...cool, ...times(90, 130)]).at(-1), 2, "a quarter is left");
  assertEquals(caps([...hot, ...times(60, 77)]).at(-1), 8, "no growth while it is warm");
  assertEquals(caps([...hot, ...times(60, 70)]).at(-1), undefined);
  assertEquals(caps([...hot, ...times(20, null)]).at(-1), 4, "a silent sensor changes nothing");
  assertEquals(caps([...hot, ...times(70, null)]).at(-1), undefined, "but not for ever");
});

Deno.test("thermal: the hotter the fewer, never none", () => {
  const celsius = fc.double({ min: 20, max: 140, noNaN: true });
  fc.assert(fc.property(celsius, celsius, (one, other) => {
    const [cooler, hotter] = [Math.min(one, other), Math.max(one, other)]
      .map((value) => caps(times(120, value)).at(-1) ?? 8);
    assert(hotter! <= cooler! && hotter! >= 2);
  }));
});

Deno.test("thermal: without a sensor it says so and allows everything", () => {
  const guard = bindConstraint("thermal");
  assertEquals(guard.constrain(readingOf({ nowMs: 5 })), null);
  assertEquals(guard.idle!(readingOf()), "no sensor tells the temperature");
  assertEquals(
    bindConstraint("thermal", { warnCelsius: null }).idle!(readingOf()),
    "it is switched off",
  );
});

Deno.test("growth: has to gain where the governor decides, and turns seldom where sizes are named", () => {
  const host = { cores: 2, memoryAvailableBytes: 4e9 };
  const silent = (pool: object) => {
    const { pools, costs } = composeConfig([{ name: "t", values: { pools: { default: pool } } }]);
    const guards = guardsOf(pools.default!, host, costs);
    return guards.flatMap(({ name, idle }) => idle?.(readingOf()) == null ? [name] : []);
  };
  assertEquals(silent({}), ["bounds", "spares", "emergency", "swap", "gain", "retries"]);
  assertEquals(silent({ policy: { name: "target" } }), [
    "bounds",
    "spares",
    "emergency",
    "swap",
    "reversals",
  ]);
  const growth = { mustGain: false, reversalsMax: 4 };
  assertEquals(silent({ growth }), ["bounds", "spares", "emergency", "swap", "reversals"]);
});
