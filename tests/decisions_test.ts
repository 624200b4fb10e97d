/** Decisions: every change of the room is on record, and the record gives the same answer again. */
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import fc from "fast-check";
import { Decisions } from "../actors/decisions.ts";
import { recordOf } from "../actors/record.ts";
import { rounded } from "../actors/rounded.ts";
import { Refusal } from "../actors/runtime.ts";
import { sqliteStore } from "../actors/stores/sqlite/mod.ts";
import type { Candidate, Decision, Envelope } from "../messages/decision.ts";
import { changeCost } from "../policies/business/change_cost.ts";
import { costsSchema } from "../policies/business/costs.ts";
import { bindConstraint } from "../policies/constraints/mod.ts";
import { closed, combine, same } from "../policies/scaling/combine.ts";
import { unknownWork } from "../policies/scaling/demand.ts";
import { bind, scalingPolicies } from "../policies/scaling/mod.ts";
import { reevaluate } from "../policies/scaling/record.ts";
import { usable } from "../policies/scaling/sound.ts";
import { orderOf } from "./orders.ts";
import { anyReading, readingOf } from "./readings.ts";
import { SystemStage } from "./system_stage.ts";

const number = fc.oneof(fc.nat(60), fc.constantFrom(NaN, -1, Infinity, 1.5));
const proposal = fc.record({
  floor: number,
  cap: number,
  runningMax: number,
  commandsMax: fc.nat(9),
  keepAliveMs: fc.nat(9_000),
  spares: fc.nat(3),
  spawn: fc.record({ lagMs: fc.nat(90), backlogMs: fc.nat(90), queuePer: fc.nat(9) }),
  because: fc.string(),
}, { requiredKeys: ["floor", "because"] });
const candidates = (name: string) =>
  fc.array(proposal, { maxLength: 4 }).map((proposals): readonly Candidate[] =>
    proposals.map((proposal, i) => usable({ policy: `${name}${i}`, proposal }))
  );

const noted = (
  before: Envelope,
  policies: readonly Candidate[],
  constraints: readonly Candidate[],
): Decision =>
  recordOf(
    {
      reading: readingOf(),
      candidates: policies,
      constraints,
      before,
      combined: combine(before, policies, constraints),
      work: unknownWork,
    },
    { id: 1, pool: "default", decidedAt: 0, starts: [], blockedBy: null },
    null,
  );

Deno.test("decision: a record that was written as JSON gives the same envelope, winner and reason", () => {
  const before =
    combine(closed, [{ policy: "b", proposal: { floor: 3, cap: 9, because: "b" } }], [])
      .envelope;
  fc.assert(
    fc.property(candidates("p"), candidates("c"), (policies, constraints) => {
      const { envelope, winner, because } = combine(before, policies, constraints);
      const record = JSON.parse(JSON.stringify(noted(before, policies, constraints))) as Decision;
      const again = reevaluate(record);
      assertEquals([again.envelope, again.winner, again.because], [envelope, winner, because]);
      assertEquals([record.envelope, record.winner, record.because], [envelope, winner, because]);
    }),
    { numRuns: 1_000 },
  );
});

Deno.test("decision: tells what each proposal alone and each veto's absence would have given", () => {
  const say = (policy: string, floor: number, cap: number): Candidate => (
    { policy, proposal: { floor, cap, because: policy } }
  );
  const { alternatives, envelope } = noted(
    closed,
    [say("a", 2, 20), say("b", 5, 30)],
    [say("bounds", 0, 8)],
  );
  const told = alternatives.map(({ kind, policy, envelope: { floor, cap } }) =>
    `${kind} ${policy}: ${floor} to ${cap}`
  );
  assertEquals([envelope.floor, envelope.cap], [5, 8]);
  assertEquals(told, ["alone a: 2 to 8", "alone b: 5 to 8", "without bounds: 5 to 20"]);
});

Deno.test("decision: costs what it adds at once and at most, in the configured currency", () => {
  const room = (floor: number, cap: number): Envelope => ({ ...closed, floor, cap });
  const prices = costsSchema.parse({ currency: "CHF", workerPerHour: .5 });
  assertEquals(changeCost(room(0, 8), room(6, 10), 4, prices), {
    workerSeconds: 7_200,
    workerSecondsMost: 7_200,
    money: { now: 1, most: 1, currency: "CHF" },
  });
  assertEquals(changeCost(room(0, 8), room(0, 2), 4, costsSchema.parse({})), {
    workerSeconds: -7_200,
    workerSecondsMost: -21_600,
    money: null,
  });
});

Deno.test("rounded: keeps what is unknown, moves nothing by more than its last digit", () => {
  fc.assert(fc.property(anyReading, (reading) => {
    const coarse = rounded(reading);
    assertEquals(Object.keys(coarse).sort(), Object.keys(reading).sort());
    assertEquals(rounded(coarse), coarse);
    for (const [name, value] of Object.entries(reading)) {
      const now = coarse[name as keyof typeof coarse];
      if (typeof value !== "number") assertEquals(now, value);
      else assert(Math.abs(Number(now) - value) <= .5 + 1e-9 * value, `${name} ${value} ${now}`);
    }
  }));
  assertEquals(rounded(readingOf({ cpuRatio: NaN, queued: -1 })).cpuRatio, NaN);
});

Deno.test("rounded: what a command takes of the cores is less than one of them", () => {
  assertEquals(rounded(readingOf({ commandCores: .4126 })).commandCores, .413);
});

Deno.test("decisions: each change of the room has a record that leads on from the one before", async () => {
  const stage = new SystemStage({ min: 0, max: 6, part: { jobMs: 40, holds: true } });
  const { clock, system } = stage;
  const guards = [bindConstraint("bounds", { min: 0, max: 6 })];
  const names = scalingPolicies.map(({ name }) => name);
  for (let i = 0; i < 40; i++) {
    const name = names[i % names.length]!;
    stage.machine = { memoryAvailableBytes: 2e8 + (i % 5) * 1e8, cpuRatio: (i % 10) / 10 };
    const policies = [bind(name), bind("fixed", { workers: i % 9 })].slice(0, 1 + i % 2);
    system.seat({ policies, guards });
    system.queue.submit(Array.from({ length: i }, () => orderOf()));
    await clock.advance(700);
  }
  const { controller } = system;
  const adopted = controller.decisions().filter((decision) => decision.adopted);
  assert(adopted.length > 20, `${adopted.length}`);
  let before: Envelope = closed;
  for (const decision of controller.decisions()) {
    assert(same(decision.before, before), `${decision.id} follows`);
    if (decision.adopted) before = decision.envelope;
    assertEquals(reevaluate(decision).envelope, decision.envelope);
    assertEquals(decision.reading, rounded(decision.reading));
    assert(decision.adopted === (decision.blockedBy === null));
  }
  assert(same(system.pool.envelope, before));
  await clock.advance(20_000);
  const unjudged = controller.decisions().filter(({ adopted, atMs, verdict }) =>
    adopted && verdict === null && atMs < clock.nowMs() - 10_500
  );
  assertEquals(unjudged, []);
  const judged = stage.facts.filter((fact) => fact.type === "judged");
  assertEquals(new Set(judged.map(({ decision }) => decision)).size, judged.length);
  await system.stop();
});

Deno.test("decisions: what is blocked again and again is one record", async () => {
  const stage = new SystemStage({ min: 1, max: 2 });
  const { clock, system } = stage;
  const guards = [bindConstraint("bounds", { min: 1, max: 2 })];
  let wish = 2;
  const eager = { ...bind("fixed", { workers: 2 }), name: "eager" };
  system.seat({
    policies: [{ ...eager, step: () => ({ floor: wish, cap: wish, because: `wants ${wish}` }) }],
    guards,
  });
  await clock.advance(2_000);
  const known = system.controller.decisions().length;
  for (wish = 5; wish < 205; wish++) await clock.advance(250);
  const blocked = system.controller.decisions().slice(known);
  assertEquals(blocked.map(({ adopted, blockedBy }) => [adopted, blockedBy]), [[false, "bounds"]]);
  assertEquals(blocked[0]!.because, "bounds 1 to 2");
  await system.stop();
});

Deno.test("decisions: a trigger that a cooldown holds is one record, with the time that is left", async () => {
  const stage = new SystemStage({ min: 2, max: 10, part: { jobMs: 3_600_000, holds: true } });
  const { clock, system } = stage;
  const plan = bind("plan", { queuedHigh: 5, oldestWaitHighMs: 1e9 });
  system.seat({ policies: [plan], guards: [bindConstraint("bounds", { min: 2, max: 10 })] });
  await clock.advance(2_000);
  const known = system.controller.decisions().length;
  for (let i = 0; i < 40; i++) system.queue.submitOne(orderOf());
  await clock.advance(1_300_000);
  const made = system.controller.decisions().slice(known);
  const told = made.map(({ adopted, blockedBy, envelope }) => [adopted, blockedBy, envelope.floor]);
  assertEquals(told, [
    [true, null, 3],
    [false, "plan", 3],
    [true, null, 4],
    [false, "plan", 4],
    [true, null, 5],
    [false, "plan", 5],
  ]);
  assertMatch(made[1]!.because, /^queue \d+ >= 5; cooldown, (599|600) s left$/);
  assertEquals(reevaluate(made[1]!).envelope, made[1]!.envelope);
  await system.stop();
});

Deno.test("decisions: are read by pages, with their verdicts, and the same after a restart", async () => {
  const directory = Deno.makeTempDirSync({ prefix: "flyball-decisions-" });
  const clock = { nowMs: () => performance.now(), wallMs: Date.now, at: () => () => {} };
  const retention = { doneMs: 1e9, othersMs: 1e9, rowsMax: 1_000 };
  const open = () => sqliteStore({ directory, retention });
  try {
    let store = await open();
    const first = new Decisions(store, clock);
    const base = noted(closed, [], []);
    for (let id = 1; id <= 300; id++) first.add({ ...base, id });
    const verdict = {
      ...{ verdict: "helped", because: "it did", cause: null, before: null, after: null } as const,
    };
    assert(first.judge(290, verdict));
    assertEquals(first.judge(3, verdict), false, "it is not followed any more");
    const before = await first.page({ limit: 40 });
    await store.close();
    store = await open();
    const second = new Decisions(store, clock);
    assertEquals(second.latest(), []);
    assertEquals(await second.page({ limit: 40 }), before);
    assertEquals(before.items.map(({ id }) => id), Array.from({ length: 40 }, (_, i) => 261 + i));
    assertEquals((await second.get(290))?.verdict, verdict);
    assertEquals(await second.get(301), null);
    second.add({ ...base, id: 1_000_001 });
    const ids: number[] = [];
    for (let after: number | null = 0; after !== null;) {
      const { items, next }: { items: readonly Decision[]; next: number | null } = await second
        .page({ after, limit: 70 });
      ids.push(...items.map(({ id }) => id));
      after = next;
    }
    assertEquals(ids, [...Array.from({ length: 300 }, (_, i) => 1 + i), 1_000_001]);
    const latest = (await second.page({ limit: 2 })).items.map(({ id }) => id);
    assertEquals(latest, [300, 1_000_001]);
    assertEquals((await second.page({ after: 1_000_000 })).items.length, 1);
    for (const query of [{ limit: 0 }, { limit: 1.5 }, { limit: 1_001 }, { after: -1 }]) {
      await assertRejects(() => second.page(query), Refusal);
    }
    await store.close();
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
});
