/** Who decides about a pool: several policies, each at its own rhythm, also those of others. */
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { composeConfig, type ConfigInput } from "../actors/config.ts";
import { type Seats, seats } from "../actors/seats.ts";
import { Refusal } from "../actors/refusal.ts";
import type { Reading } from "../messages/signals.ts";
import { createRuntime } from "../mod.ts";
import type { Stepper } from "../policies/scaling/mod.ts";
import { paced } from "../policies/scaling/paced.ts";
import { readingOf } from "./readings.ts";

type PoolInput = NonNullable<NonNullable<ConfigInput["pools"]>["default"]>;

const pool = (given: unknown) =>
  composeConfig([{ name: "test", values: { pools: { default: given } } }]).pools.default;

/** Names of the policies that `given` seats. */
const seated = async (given: unknown) =>
  [...(await seats("default", pool(given))).values()].map(({ name }) => name);

/** Why `given` can't be seated. */
async function refused(given: unknown): Promise<string> {
  const { code, message } = await assertRejects(() => seats("default", pool(given)), Refusal);
  assertEquals(code, "invalid_config");
  return message;
}

/** A module outside the project. */
async function written(source: string): Promise<string> {
  const path = await Deno.makeTempFile({ suffix: ".ts" });
  await Deno.writeTextFile(path, source);
  return path;
}

const doubling = `
  import { z } from "${import.meta.resolve("zod/mini")}";
  export const double = {
    name: "double",
    help: "Twice as many.",
    options: z.strictObject({ most: z._default(z.int(), 8) }),
    everyMs: () => 1000,
    start: () => null,
    step: (memory, { workers }, { most }) => {
      const size = Math.min(most, 2 * workers);
      return [{ floor: size, cap: size, because: "doubled" }, memory];
    },
  };
  export default double;
`;

Deno.test("seats: one policy or several, each once", async () => {
  assertEquals(await seated({}), ["governor"]);
  const policies = [{ name: "fixed", workers: 2 }, { name: "plan" }];
  assertEquals(await seated({ policies }), ["governor", "fixed", "plan"]);
  const twice = { policies: [{ name: "plan" }, { name: "governor" }] };
  assertEquals(
    await refused(twice),
    "pools.default.policies.1: governor has its say already",
  );
});

Deno.test("seats: what is wrong with one of several is named with its place", () => {
  const wrong = { policies: [{ name: "fixed", worker: 2 }, { name: "plam" }] };
  const { issues } = assertThrows(() => pool(wrong), Refusal);
  assertEquals(issues.map(({ pointer }) => pointer), [
    "/pools/default/policies/0/worker",
    "/pools/default/policies/1/name",
  ]);
  assert(issues[0]!.message.includes("did you mean pools.default.policies.0.workers?"));
});

Deno.test("seats: policies that stay as they are keep what they know", async () => {
  const before = await seats("default", pool({ policies: [{ name: "plan" }] }));
  const after = await seats("default", pool({ policies: [{ name: "fixed" }] }), before);
  const [governor, plan] = [...before.values()];
  assertEquals([...after.values()].map((stepper) => [governor, plan].includes(stepper)), [
    true,
    false,
  ]);
});

Deno.test("seats: who is told no largest size may have as many workers as its pool", async () => {
  const capOf = async (given: unknown, before?: Seats) => {
    const next = await seats("default", pool(given), before);
    const [{ step }] = [...next.values()] as [Stepper];
    return [step(readingOf({ workerDemandRatio: 0 })).cap, next] as const;
  };
  const [cap, before] = await capOf({ workers: { max: 40 } });
  assertEquals(cap, 40);
  const own = { workers: { max: 40 }, policy: { name: "governor", workersMax: 8 } };
  assertEquals((await capOf(own))[0], 8);
  assertEquals((await capOf({}))[0], 24, "12 a core");
  assertEquals((await capOf({ workers: { max: 40 }, policy: { name: "onDemand" } }))[0], 40);
  const next = await seats("default", pool({ workers: { max: 50 } }), before);
  const [governor] = [...next.values()] as [Stepper];
  const unseen = readingOf({ nowMs: 250, workers: 40, workerDemandRatio: null });
  assertEquals(governor.step(unseen).cap, 50, "it knows of the demand still");
});

Deno.test("seats: a policy of others runs by name, with options that it checks itself", async () => {
  const module = await written(doubling);
  const chosen: PoolInput[] = [
    { policy: { module, name: "double", most: 5 } },
    { policy: { module, most: 5 } },
    { policy: { name: "module", module, options: { most: 5 } } },
  ] as unknown as PoolInput[];
  for (const given of chosen) {
    const [stepper] = [...(await seats("default", pool(given))).values()];
    assertEquals([stepper!.name, stepper!.step(readingOf({ workers: 4 })).cap], ["double", 5]);
  }
  const wrong = await refused({ policy: { module, name: "double", most: "5" } });
  assert(wrong.startsWith("pools.default.policy.most: "), wrong);
  const unknown = await refused({ policy: { module, name: "treble" } });
  assertEquals(
    unknown,
    `pools.default.policy.name: ${module} exports double, given treble`,
  );
});

Deno.test("seats: a module that can't be used is refused before anything starts", async () => {
  const broken = await written("export const policy = ;");
  const empty = await written("export const policy = 1;");
  const absent = `${empty}.absent`;
  const reasons = [];
  for (const module of [broken, empty, absent]) {
    reasons.push(await refused({ policies: [{ module, name: "mine" }] }));
  }
  assert(reasons[0]!.startsWith(`pools.default.policies.0.module: ${broken} can't be loaded: `));
  assertEquals(
    reasons[1],
    `pools.default.policies.0.name: ${empty} exports no policy, given mine`,
  );
  assert(reasons[2]!.startsWith(`pools.default.policies.0.module: ${absent} can't be loaded: `));
  const config = { pools: { default: { policy: { module: absent } } } } as unknown as ConfigInput;
  await assertRejects(() => createRuntime({ config }), Refusal, "can't be loaded");
});

/** A policy that notes what it is shown. */
function noting(everyMs: number, wakeAtMs?: number) {
  const seen: Reading[] = [];
  const stepper: Stepper = {
    name: "noting",
    everyMs,
    memory: null,
    kept: null,
    step(reading) {
      seen.push(reading);
      const floor = seen.length;
      return { floor, because: "noted", ...(wakeAtMs !== undefined && { wakeAtMs }) };
    },
    resume: () => {},
  };
  return { seen, stepper: paced(stepper) };
}

Deno.test("paced: is asked at its own rhythm and told of all that came in between", () => {
  const { seen, stepper } = noting(5_000);
  const floors = Array.from(
    { length: 41 },
    (_, i) => stepper.step(readingOf({ nowMs: i * 250, arrivals: 2, finished: 1 })).floor,
  );
  assertEquals(seen.map(({ nowMs }) => nowMs), [0, 5_000, 10_000]);
  assertEquals(seen.map(({ arrivals, finished }) => [arrivals, finished]), [
    [2, 1],
    [40, 20],
    [40, 20],
  ]);
  assertEquals(floors, [...Array(20).fill(1), ...Array(20).fill(2), 3]);
});

Deno.test("paced: may wake sooner, and the quick ones are always asked", () => {
  const woken = noting(5_000, 1_000);
  for (let nowMs = 0; nowMs < 2_000; nowMs += 250) woken.stepper.step(readingOf({ nowMs }));
  assertEquals(woken.seen.map(({ nowMs }) => nowMs).slice(0, 2), [0, 1_000]);
  const quick = noting(1_000);
  for (const nowMs of [0, 25, 50]) quick.stepper.step(readingOf({ nowMs }));
  assertEquals(quick.seen.length, 3);
});
