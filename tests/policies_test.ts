/** Conformance: what every policy promises, checked for each one listed. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { z } from "zod";
import { z as mini } from "zod/mini";
import type { Proposal } from "../messages/decision.ts";
import { english } from "../messages/schemas/english.ts";
import type { Reading } from "../messages/signals.ts";
import { choice, docsRows, jsonSchema, optionsOf } from "../policies/choice.ts";
import { bindConstraint, constraintChoice, constraints } from "../policies/constraints/mod.ts";
import { bind, scalingChoice, scalingPolicies } from "../policies/scaling/mod.ts";
import { victimPolicies } from "../policies/victims/mod.ts";
import { anyReading, anyReadings, readingOf } from "./readings.ts";

function assertSound(proposal: Proposal): void {
  assert(proposal.because.length > 0);
  const numbers = Object.entries({ ...proposal, ...proposal.spawn })
    .filter((entry) => typeof entry[1] === "number");
  for (const [field, value] of numbers) {
    assert(Number.isFinite(value) && Number(value) >= 0, `${field} is ${value}`);
  }
  for (const count of [proposal.floor, proposal.cap, proposal.runningMax, proposal.commandsMax]) {
    assert(count === undefined || Number.isInteger(count), `${count} is not a count`);
  }
  assert(proposal.cap === undefined || proposal.floor <= proposal.cap);
}

/** Freezes plain data to the ground. */
function frozen<T>(value: T): T {
  if (typeof value === "object" && value !== null) Object.values(value).forEach(frozen);
  return Object.freeze(value);
}

for (const policy of scalingPolicies) {
  const options = frozen(optionsOf(policy, {}));

  Deno.test(`${policy.name}: proposes finite numbers and says why`, () => {
    fc.assert(fc.property(anyReadings, (readings) => {
      const stepper = bind(policy.name);
      readings.forEach((reading) => assertSound(stepper.step(reading)));
    }));
  });

  Deno.test(`${policy.name}: same readings, same proposals`, () => {
    fc.assert(fc.property(anyReadings, (readings) => {
      const [one, other] = [bind(policy.name), bind(policy.name)];
      const proposals = readings.map((reading) => one.step(reading));
      assertEquals(readings.map((reading) => other.step(reading)), proposals);
    }));
  });

  Deno.test(`${policy.name}: leaves reading, options and memory as they are`, () => {
    fc.assert(fc.property(anyReadings, (readings) => {
      let memory = frozen(policy.start(options));
      for (const reading of readings) memory = frozen(policy.step(memory, reading, options)[1]);
    }));
  });

  Deno.test(`${policy.name}: goes on from a memory that was written as JSON`, () => {
    fc.assert(fc.property(anyReadings, (readings) => {
      const steady = bind(policy.name);
      let memory: unknown;
      for (const reading of readings) {
        const restored = bind(policy.name, {}, memory);
        assertEquals(restored.step(reading), steady.step(reading));
        memory = JSON.parse(JSON.stringify(restored.memory));
      }
    }));
  });

  Deno.test(`${policy.name}: does not move on readings it can't trust`, () => {
    const untrusted: Partial<Reading>[] = [
      { hostAgeMs: 3_001 },
      { hostAgeMs: NaN },
      { cpuRatio: null },
      { cpuRatio: NaN },
      { cpuRatio: -1 },
      { memoryRatio: null },
      { memoryRatio: Infinity },
    ];
    for (const part of untrusted) {
      const stepper = bind(policy.name);
      const before = stepper.step(readingOf({ nowMs: 0 }));
      const after = stepper.step(readingOf({ nowMs: 5_000, queued: 40, ...part }));
      assertEquals([after.floor, after.cap], [before.floor, before.cap], JSON.stringify(part));
    }
  });

  Deno.test(`${policy.name}: wants to be asked again after a positive time`, () => {
    assert(policy.everyMs(options) > 0);
  });
}

for (const constraint of constraints) {
  Deno.test(`${constraint.name}: constrains by finite numbers and says why, always the same`, () => {
    const guard = bindConstraint(constraint.name);
    fc.assert(fc.property(anyReading, (reading) => {
      const proposal = guard.constrain(reading);
      if (proposal !== null) assertSound(proposal);
      assertEquals(guard.constrain(reading), proposal);
    }));
  });
}

const listings = { scalingPolicies, constraints, victimPolicies };
for (const [list, policies] of Object.entries(listings)) {
  Deno.test(`${list}: names are unique and everyone says what it does`, () => {
    assertEquals(new Set(policies.map(({ name }) => name)).size, policies.length);
    assert(policies.every(({ help }) => help.endsWith(".")));
  });
}

Deno.test("scalingChoice: is a union by name with defaults, strict about options", () => {
  assertEquals(scalingChoice.parse({ name: "fixed" }), { name: "fixed", workers: 4 });
  assertThrows(
    () => scalingChoice.parse({ name: "nobody" }, english),
    Error,
    "'governor' | 'classic'",
  );
  assertThrows(() => scalingChoice.parse({ name: "fixed", worker: 8 }), Error, "worker");
});

const builds = {
  whole: z.strictObject({ workers: z.int().min(1).default(2).describe("The size.") }),
  mini: mini.strictObject({
    workers: mini._default(mini.int().check(mini.minimum(1)), 2).check(mini.describe("The size.")),
  }),
};
for (const [build, options] of Object.entries(builds)) {
  Deno.test(`choice: takes options of either build of Zod: ${build}`, () => {
    const sized = { name: "sized", help: "Has a size.", options };
    const either = choice([sized, ...scalingPolicies]);
    assertEquals(either.parse({ name: "sized" }), { name: "sized", workers: 2 });
    assertEquals(optionsOf(sized, { workers: 3 }), { workers: 3 });
    assertThrows(() => optionsOf(sized, { workers: 0 }), Error, "expected number to be >=1");
    const size = { name: "workers", default: 2, help: "The size." };
    assertEquals(docsRows([sized]), [{ name: "sized", help: "Has a size.", options: [size] }]);
    assertEquals(jsonSchema([sized]).oneOf?.length, 1);
  });
}

Deno.test("constraintChoice: keeps the checks of its options", () => {
  const wrong = { name: "bounds", min: 8, max: 4 };
  assertThrows(() => constraintChoice.parse(wrong), Error, "min (8) must be <= max (4)");
});

Deno.test("jsonSchema: lists every policy and requires only its name", () => {
  const { oneOf = [] } = jsonSchema(scalingPolicies);
  assertEquals(oneOf.length, scalingPolicies.length);
  for (const schema of oneOf) assertEquals((schema as { required?: string[] }).required, ["name"]);
});

Deno.test("docsRows: gives each option its default and a sentence", () => {
  for (const { name, options } of docsRows([...scalingPolicies, ...constraints])) {
    for (const option of options) {
      assert(option.default !== undefined && option.help.endsWith("."), `${name}.${option.name}`);
    }
  }
});

Deno.test("bind: names the policies it knows", () => {
  assertThrows(() => bind("nobody"), RangeError, "one of governor, classic, plan, fixed");
  assertThrows(() => bind("fixed", { workers: -1 }), Error, "workers");
});

Deno.test("bounds: defaults to 12 workers a core, at most 100", () => {
  const guard = bindConstraint("bounds");
  assertEquals(guard.constrain(readingOf({ cores: 2 }))?.cap, 24);
  assertEquals(guard.constrain(readingOf({ cores: 16 }))?.cap, 100);
  assertEquals(bindConstraint("bounds", { min: 0, max: 0 }).constrain(readingOf())?.cap, 0);
});
