/** Who throws or says what can't be used holds the size, is told of, and is left alone for a while. */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { Hearings } from "../actors/council.ts";
import type { Proposal } from "../messages/decision.ts";
import type { ControlFact } from "../messages/facts.ts";
import type { Reading } from "../messages/signals.ts";
import { bindConstraint, type Guard } from "../policies/constraints/mod.ts";
import { combine } from "../policies/scaling/combine.ts";
import { bind, type Stepper } from "../policies/scaling/mod.ts";
import { orderOf } from "./orders.ts";
import { readingOf } from "./readings.ts";
import { SystemStage } from "./system_stage.ts";

/** A policy that says what it is told to, or throws it. */
function scripted(answer: (reading: Reading) => unknown): Stepper & { asked: number } {
  return {
    ...{ name: "scripted", everyMs: 250, memory: null, kept: null, asked: 0 },
    step(reading) {
      this.asked++;
      return answer(reading) as Proposal;
    },
    resume() {},
  };
}

const fails = () => {
  throw new RangeError("no idea");
};

const codes = (facts: readonly ControlFact[]) =>
  facts.flatMap((fact) => fact.type === "alert" ? fact.code : []);

Deno.test("council: a policy that throws is asked 3 times, then once after 30, 60, 120 s", () => {
  const facts: ControlFact[] = [];
  const hearings = new Hearings((fact) => facts.push(fact));
  let works = false;
  const policy = scripted(() => works ? { floor: 3, because: "again" } : fails());
  const askedMs: number[] = [];
  for (let nowMs = 0; nowMs < 240_000; nowMs += 250) {
    const { asked } = policy;
    const [candidate] = hearings.candidates(
      { policies: [policy], guards: [] },
      readingOf({ nowMs }),
    );
    assertEquals(candidate!.failed, "failed: RangeError: no idea");
    if (policy.asked > asked) askedMs.push(nowMs);
  }
  assertEquals(askedMs, [0, 250, 500, 30_500, 90_500, 210_500]);
  const opened = "policy_breaker_open";
  assertEquals(codes(facts), ["policy_failed", opened, opened, opened, opened]);
  works = true;
  const council = { policies: [policy], guards: [] };
  for (const nowMs of [300_000, 450_500, 450_750]) {
    const [candidate] = hearings.candidates(council, readingOf({ nowMs }));
    assertEquals(candidate!.failed === undefined, nowMs > 300_000);
  }
  assertEquals(codes(facts).at(-1), "policy_back");
});

Deno.test("council: whatever a policy or a guard answers, the room is whole and no smaller", () => {
  const before = combine(
    readingEnvelope(),
    [{ policy: "p", proposal: { floor: 4, cap: 8, because: "x" } }],
    [],
  ).envelope;
  const garbage = fc.oneof(
    fc.constantFrom<unknown>(undefined, null, 7, "4", [], {}, { floor: "4" }, { floor: 4 }),
    fc.constantFrom(NaN, -1, Infinity, -Infinity).map((floor) => ({ floor, because: "x" })),
    fc.constantFrom(NaN, -1).map((cap) => ({ floor: 0, cap, because: "x" })),
  );
  fc.assert(fc.property(garbage, fc.boolean(), (answer, isGuard) => {
    const hearings = new Hearings(() => {});
    const good = scripted(() => ({ floor: 0, cap: 1, because: "calm" }));
    const bad = { ...scripted(() => answer), name: "bad" };
    const guard: Guard = { name: "bad", constrain: () => answer as Proposal };
    const council = {
      policies: isGuard ? [good] : [good, bad],
      guards: isGuard ? [guard] : [],
    };
    const reading = readingOf();
    const candidates = hearings.candidates(council, reading);
    const vetoes = hearings.vetoes(council, reading);
    if (isGuard && answer === null) return assertEquals(vetoes, []); // It has nothing against it.
    const held = combine(before, candidates, vetoes);
    assertEquals(held.envelope, before);
    assertEquals(held.winner, "bad");
    assertEquals(JSON.parse(JSON.stringify([candidates, vetoes])), [candidates, vetoes]);
  }));
});

function readingEnvelope() {
  return combine(
    { floor: 0, cap: 0, runningMax: null, commandsMax: null, spawn: null, keepAliveMs: 0 },
    [],
    [],
  ).envelope;
}

Deno.test("council: a policy that fails leaves the pool its size, and jobs run", async () => {
  const stage = new SystemStage({ min: 0, max: 6 });
  const { clock, system } = stage;
  const guards = [bindConstraint("bounds", { min: 0, max: 6 })];
  system.seat({ policies: [bind("fixed", { workers: 4 })], guards });
  await clock.advance(2_000);
  assertEquals(stage.ready, 4);
  const broken = scripted(fails);
  system.seat({ policies: [broken], guards });
  const jobs = system.queue.submit([orderOf(), orderOf()]);
  await clock.advance(60_000);
  assertEquals(stage.ready, 4);
  assert(jobs.every((job) => job.outcome?.type === "done"));
  assertEquals(stage.alerts.slice(0, 2), ["policy_failed", "policy_breaker_open"]);
  assert(broken.asked < 7, `${broken.asked}`);
  assertEquals(system.restarts, 0, "nothing had to be started again");
  system.seat({ policies: [bind("fixed", { workers: 2 })], guards });
  await clock.advance(1_000);
  assertEquals(stage.ready, 2);
  await system.stop();
});
