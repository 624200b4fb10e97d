/** What the configuration wants while the host can't be seen: when it holds, and what it may do. */
import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import fc from "fast-check";
import { composeConfig } from "../actors/config.ts";
import { isLive } from "../actors/reload.ts";
import { Refusal } from "../actors/runtime.ts";
import { bindConstraint } from "../policies/constraints/mod.ts";
import { combine, same } from "../policies/scaling/combine.ts";
import { fallback, type FallbackOptions } from "../policies/scaling/fallback.ts";
import { bind } from "../policies/scaling/mod.ts";
import { paced } from "../policies/scaling/paced.ts";
import { reevaluate } from "../policies/scaling/record.ts";
import { readRecording, replayRecording } from "../simulation/recording.ts";
import { orderOf } from "./orders.ts";
import { readingOf } from "./readings.ts";
import { SystemStage } from "./system_stage.ts";
import { envelope } from "./walks.ts";

const modes = ["hold", "static", "currentIfHigher"] as const;
const any: fc.Arbitrary<FallbackOptions> = fc.record({
  mode: fc.constantFrom(...modes),
  workers: fc.integer({ min: 1, max: 20 }),
  afterMs: fc.constantFrom(0, 5_000, 30_000),
});
const rooms = fc.tuple(fc.nat(12), fc.nat(12)).map(([floor, more]) =>
  envelope(floor, floor + more)
);

Deno.test("fallback: is for a host that was not seen for long enough, and for nothing else", () => {
  const ages = fc.constantFrom(0, 3_000, 4_000, 6_000, 29_999, 30_000, 1e9, NaN);
  fc.assert(fc.property(any, rooms, ages, (options, before, hostAgeMs) => {
    const reading = readingOf({ hostAgeMs, hostStaleMs: 3_000, cpuRatio: null });
    const isDue = options.mode !== "hold" && hostAgeMs > 3_000 && hostAgeMs >= options.afterMs;
    const candidate = fallback(before, reading, options);
    assertEquals(candidate !== null, isDue);
    assertEquals(fallback(before, reading, undefined), null);
    assertEquals(fallback(before, reading, { ...options, workers: null }), null);
    if (candidate === null) return;
    const { envelope: after, winner, because } = combine(before, [candidate], []);
    const { mode, workers } = options;
    const wanted = mode === "static"
      ? { floor: workers!, cap: workers! }
      : { floor: Math.max(before.floor, workers!), cap: Math.max(before.cap, workers!) };
    assert(same(after, { ...before, ...wanted }), JSON.stringify(after));
    assertEquals(winner, "fallback");
    assertMatch(
      because,
      /^\d+ workers( at least)? by the fallback \w+, as host data is \d+ ms old$/,
    );
    const again = combine(after, [fallback(after, reading, options)!], []);
    assert(same(again.envelope, after), "the second time changes nothing");
  }));
});

/** A pool of 1 to 12 whose policy wants 4, blind for so long by now, and how it may change. */
async function blindFor(seconds: number, options: FallbackOptions) {
  const stage = new SystemStage({ min: 1, max: 12, part: { jobMs: 60_000, holds: true } });
  const { clock, system } = stage;
  const guards = [bindConstraint("bounds", { min: 1, max: 12 })];
  const policies = [paced(bind("fixed", { workers: 4 }))];
  system.seat({ policies, guards, fallback: options });
  await clock.advance(2_000);
  assertEquals(stage.ready, 4);
  const sizes: number[] = [];
  Object.assign(system.sampler, { sample: () => {} });
  for (let s = 0; s < seconds; s++) {
    await clock.advance(1_000);
    if (stage.ready !== sizes.at(-1)) sizes.push(stage.ready);
  }
  const see = async () => {
    delete (system.sampler as { sample?: unknown }).sample;
    await clock.advance(5_000);
  };
  return { stage, sizes, see };
}

const of = (mode: FallbackOptions["mode"], workers: number | null, afterMs = 10_000) => ({
  ...{ mode, workers, afterMs },
});

for (
  const [options, sizes] of [
    [of("hold", null), [4]],
    [of("static", 9), [4, 9]],
    [of("static", 2), [4, 2]],
    [of("static", 40), [4, 12]],
    [of("currentIfHigher", 9), [4, 9]],
    [of("currentIfHigher", 2), [4]],
    [of("static", 2, 600_000), [4]],
  ] as const
) {
  Deno.test(`fallback: ${options.mode} ${options.workers} after ${options.afterMs} ms makes 4 blind workers ${sizes}`, async () => {
    const { stage, sizes: seen, see } = await blindFor(30, options);
    const { controller } = stage.system;
    assertEquals(seen, [...sizes]);
    assertEquals((controller.value as { senses: string }).senses, "blind");
    const made = controller.decisions().filter(({ candidates: [first] }) =>
      first!.policy === "fallback"
    );
    assertEquals(made.map(({ adopted }) => adopted), sizes.length > 1 ? [true] : []);
    for (const decision of controller.decisions()) {
      const again = reevaluate(JSON.parse(JSON.stringify(decision)));
      assertEquals([again.envelope, again.winner], [decision.envelope, decision.winner]);
    }
    await see();
    assertEquals([stage.ready, stage.alerts], [4, ["senses_blind", "senses_back"]]);
    await stage.system.stop();
  });
}

Deno.test("fallback: jobs that run keep their workers, however few there are to be", async () => {
  const { stage } = await blindFor(1, of("static", 1));
  const { clock, system } = stage;
  const jobs = [1, 2, 3].map(() => system.queue.submitOne(orderOf()));
  await clock.advance(30_000);
  assertEquals(jobs.map(({ outcome }) => outcome), [null, null, null]);
  await clock.advance(600_000);
  assertEquals(jobs.map(({ outcome }) => outcome?.type), ["done", "done", "done"]);
  assertEquals(stage.ready, 1);
  await system.stop();
});

Deno.test("fallback: a recording decides the same again", async () => {
  const { stage, see } = await blindFor(20, of("static", 7));
  await see();
  const { controller } = stage.system;
  const made = controller.decisions().map(({ id, winner, envelope }) => ({ id, winner, envelope }));
  const { decisions } = replayRecording(readRecording(controller.recorder.text()));
  const again = decisions.map(({ id, winner, envelope }) => ({ id, winner, envelope }));
  assertEquals(again, made.slice(-again.length));
  assert(again.some(({ winner }) => winner === "fallback"));
  await stage.system.stop();
});

Deno.test("fallback: the alert says what will be done", async () => {
  const { stage } = await blindFor(15, of("currentIfHigher", 6));
  const [said] = stage.facts.filter((fact) => fact.type === "alert");
  assertMatch(said!.message, /when it is 10000 ms old there are 6 workers at least \(fallback /);
  await stage.system.stop();
});

Deno.test("fallback: a configuration is refused that can't be heeded", () => {
  const problem = (fallback: object) => {
    const values = { pools: { default: { workers: { min: 2, max: 8 }, fallback } } };
    const refusal = assertThrows(() => composeConfig([{ name: "test", values }]), Refusal);
    return refusal.issues.map(({ message }) => message);
  };
  const at = "test pools.default.fallback";
  assertEquals(problem({ mode: "static" }), [
    `${at}.workers: expected a number of workers, as mode is static, given nothing`,
  ]);
  assertEquals(problem({ mode: "currentIfHigher", workers: 9 }), [
    `${at}.workers: expected <= workers.max (8), given 9`,
  ]);
  assertEquals(problem({ mode: "static", workers: 1 }), [
    `${at}.workers: expected >= workers.min (2), given 1`,
  ]);
  assertEquals(problem({ mode: "panic" }), [
    `${at}.mode: expected one of hold, static, currentIfHigher, given "panic"`,
  ]);
  assertEquals(problem({ mode: "static", workers: 4, afterMs: -1 }), [
    `${at}.afterMs: expected a duration such as "10m" or a number of ms, given -1`,
  ]);
  assert(isLive("pools.default.fallback.workers"));
});
