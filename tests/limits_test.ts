/** Limits of jobs: how they are put together and who is refused. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { OperationLimits } from "../actors/limits/operation_limits.ts";
import { tighter } from "../actors/limits/tighter.ts";
import { Refusal } from "../actors/runtime.ts";
import type { Limits } from "../messages/limits.ts";
import { stillTrees } from "./still_trees.ts";

const mib = 2 ** 20;

const limits: fc.Arbitrary<Limits> = fc.record({
  memoryBytes: fc.integer({ min: mib, max: 1e12 }),
  cpuCores: fc.double({ min: 0.01, max: 64, noNaN: true }),
  openFiles: fc.integer({ min: 16, max: 1e6 }),
  nice: fc.integer({ min: 1, max: 19 }),
  ioClass: fc.constantFrom("bestEffort" as const, "idle" as const),
  ioRatio: fc.double({ min: .01, max: 1, noNaN: true }),
  affinity: fc.uniqueArray(fc.integer({ min: 0, max: 7 }), { minLength: 1 }),
}, { requiredKeys: [] });

Deno.test("tighter: is within both, whichever comes first, and nothing where nothing is asked", () => {
  fc.assert(fc.property(limits, limits, (one, other) => {
    const both = tighter(one, other) ?? {};
    for (const side of [one, other]) {
      for (const name of ["memoryBytes", "cpuCores", "openFiles", "ioRatio"] as const) {
        if (side[name] !== undefined) assert(both[name]! <= side[name]);
      }
      if (side.nice !== undefined) assert(both.nice! >= side.nice);
      if (side.ioClass === "idle") assertEquals(both.ioClass, "idle");
    }
    // The operation's cores are the operator's word.
    if (other.affinity) assert(both.affinity!.every((core) => other.affinity!.includes(core)));
    const { affinity: _, ...rest } = both;
    const { affinity: __, ...turned } = tighter(other, one) ?? {};
    assertEquals(rest, turned);
  }));
  assertEquals([tighter({}, undefined), tighter({}, {}), tighter(undefined, undefined)], [
    null,
    null,
    null,
  ]);
});

Deno.test("operation limits: hold for every job of the operation, on top of its own", () => {
  const all = new OperationLimits({ sort: { limits: { memoryBytes: 200 * mib } } }, stillTrees());
  assertEquals(all.of({ command: ["/usr/bin/sort"] }), { memoryBytes: 200 * mib });
  assertEquals(all.of({ command: ["sort"], limits: { nice: 3 } }), {
    memoryBytes: 200 * mib,
    nice: 3,
  });
  assertEquals(all.of({ command: ["uniq"] }), null);
  assertEquals(all.of({ task: "sort" }), { memoryBytes: 200 * mib });
  assertEquals(all.replace({ sort: { limits: { memoryBytes: 200 * mib } } }), new Set());
  assertEquals(all.replace({ uniq: { limits: { nice: 1 } } }), new Set(["sort", "uniq"]));
  assertEquals(all.of({ command: ["sort"] }), null);
  assertThrows(() => all.replace({ a: { limits: {} }, b: { limits: { affinity: [9] } } }), Refusal);
  assertEquals(all.of({ command: ["uniq"] }), { nice: 1 }, "all are taken or none");
});

Deno.test("operation limits: what can't be held is refused, with the field and the reason", () => {
  const trees = stillTrees({ unable: { cpuCores: "no control group can be made here" } });
  const all = new OperationLimits({}, trees);
  const refusal = (given: Limits, isTask = false) => {
    const spec = isTask ? { task: "t", limits: given } : { command: ["x"], limits: given };
    const { code, message, issues } = assertThrows(() => all.of(spec), Refusal) as Refusal;
    return [code, issues[0]!.pointer, message] as const;
  };
  assertEquals(refusal({ cpuCores: 0.5 }), [
    "limit_unavailable",
    "/limits/cpuCores",
    "Cannot hold a job to cpuCores: no control group can be made here",
  ]);
  const fair = stillTrees({ weightless: "no disk has the scheduler bfq" });
  const weighed = new OperationLimits({}, fair);
  const error = assertThrows(() => weighed.of({ task: "t", limits: { ioRatio: .5 } }), Refusal);
  assertEquals(error.issues, [{
    pointer: "/limits/ioRatio",
    message: "can't be held here: no disk has the scheduler bfq",
  }]);
  assertEquals(weighed.of({ task: "t", limits: { nice: 5 } }), { nice: 5 });
  assertEquals(refusal({ affinity: [1, 9] }), [
    "invalid_limits",
    "/limits/affinity",
    "/limits/affinity must be cores of this machine (0, 1): given 9",
  ]);
  const [code, pointer, message] = refusal({ memoryBytes: mib }, true);
  assertEquals([code, pointer], ["invalid_limits", "/limits/memoryBytes"]);
  assert(/>= \d+ for a task, as its worker is part of it: given 1048576$/.test(message), message);
  assertThrows(() => new OperationLimits({ a: { limits: { cpuCores: 1 } } }, trees), Refusal);
});

Deno.test("operation limits: a task has whole cores where only groups could give it parts", () => {
  const coarse = "no control group can be made here";
  const all = new OperationLimits({ t: { limits: { cpuCores: 0.5 } } }, stillTrees({ coarse }));
  assertEquals(all.of({ command: ["t"] }), { cpuCores: 0.5 });
  assertEquals(all.of({ task: "other", limits: { cpuCores: 2 } }), { cpuCores: 2 });
  const { code, message, issues } = assertThrows(() => all.of({ task: "t" }), Refusal) as Refusal;
  assertEquals([code, message, issues], [
    "limit_unavailable",
    `Cannot hold a task to a part of a core: ${coarse}`,
    [{ pointer: "/limits/cpuCores", message: `must be a whole number: ${coarse}` }],
  ]);
});
