/** The kit that tries out policies, ours and others': what it lets pass, and what it finds. */
import { assert, assertEquals } from "@std/assert";
import { z } from "zod";
import perQueue from "../examples/policy/per_queue.ts";
import type { ScalingPolicy } from "../mod.ts";
import { checkScalingPolicy, scalingPolicies, scalingPolicy } from "../mod.ts";
import { live } from "./live.ts";

for (const policy of scalingPolicies) {
  Deno.test(`conformance: ${policy.name} keeps what policies promise`, () => {
    assertEquals(checkScalingPolicy(policy), []);
  });
}

Deno.test("conformance: the example keeps it too, with any options", () => {
  assertEquals(checkScalingPolicy(perQueue), []);
  assertEquals(checkScalingPolicy(perQueue, { perWorkerJobs: .5 }), []);
  const [problem] = checkScalingPolicy(perQueue, { perWorkerJobs: 0 });
  assert(problem!.startsWith("can't be begun with these options"), problem);
});

/** A policy of 4 workers, but for what `part` does otherwise. */
const spoiled = (part: Partial<ScalingPolicy>) =>
  scalingPolicy({
    name: "spoiled",
    help: "Four.",
    options: z.strictObject({}) as ScalingPolicy["options"],
    everyMs: () => 1_000,
    start: (): unknown => ({ steps: 0, list: [] }),
    step: (memory) => [{ floor: 4, cap: 4, because: "four" }, memory],
    ...part,
  });

let calls = 0;
type List = { readonly list: readonly number[] };
const kinds: readonly [string, Partial<ScalingPolicy>][] = [
  ["name is", { name: "Not a name" }],
  ["help is not a sentence", { help: "four" }],
  ["everyMs is 0", { everyMs: () => 0 }],
  ["can't be begun", { options: z.strictObject({ size: z.number() }) }],
  ["throws: TypeError", {
    step: (memory, { cpuRatio }) => [
      { floor: 1, because: cpuRatio!.toFixed() },
      memory,
    ],
  }],
  ["proposes floor NaN", {
    step: (memory, { queued }) => [{ floor: queued / 0 * 0, because: "x" }, memory],
  }],
  ["proposes cap 0.5", { step: (memory) => [{ floor: 0, cap: .5, because: "x" }, memory] }],
  ["proposes a floor above", { step: (memory) => [{ floor: 3, cap: 2, because: "x" }, memory] }],
  ["says not why", { step: (memory) => [{ floor: 1, because: "" }, memory] }],
  ["answers differently", {
    step: (memory) => [{ floor: calls++ % 7, because: "counts by itself" }, memory],
  }],
  ["throws: TypeError", {
    step: (memory) => {
      (memory as { steps: number }).steps++;
      return [{ floor: 1, because: "changed in place" }, memory];
    },
  }],
  ["remembers what JSON can't hold", {
    step: () => [{ floor: 1, because: "x" }, { at: new Date(0), list: [NaN] }],
  }],
  ["remembers", {
    step: (memory, { nowMs }) => [
      { floor: 1, because: "x" },
      { list: [...(memory as List).list, nowMs] },
    ],
  }],
  ["moves from 0..undefined to 40..undefined", {
    step: (memory, { queued }) => [{ floor: Math.round(queued), because: "the queue" }, memory],
  }],
  ["throws at what an earlier process kept", {
    keep: (memory) => memory,
    resume: (kept) => ({ list: (kept as List).list.slice() }),
  }],
];
for (const [problem, part] of kinds) {
  Deno.test(`conformance: finds a policy that ${Object.keys(part)[0]}: ${problem}`, () => {
    const problems = checkScalingPolicy(spoiled(part));
    assert(problems.some((one) => one.startsWith(problem)), problems.join("\n"));
  });
}

Deno.test("conformance: a policy in a file outside the project decides about a live pool", async () => {
  const module = await Deno.makeTempFile({ suffix: ".ts" });
  await Deno.copyFile(new URL("../examples/policy/per_queue.ts", import.meta.url), module);
  const policy = { module, name: "perQueue", perWorkerJobs: 2 };
  const pools = { default: { workers: { min: 1, max: 3 }, policy } };
  await using runtime = await live({ pools });
  assertEquals(runtime.status().pools[0]!.policy, "perQueue");
  const [decision] = runtime.decisions();
  assertEquals(decision!.candidates.map(({ policy }) => policy), ["perQueue"]);
});
