/** One envelope out of many wishes. */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { Candidate, Envelope, Proposal } from "../messages/decision.ts";
import { combine } from "../policies/scaling/combine.ts";

const before: Envelope = {
  floor: 2,
  cap: 8,
  runningMax: null,
  commandsMax: 4,
  spawn: { lagMs: 50, queuePer: 1 },
  keepAliveMs: 2_000,
};

const candidate = (policy: string, proposal: Partial<Proposal>): Candidate => ({
  policy,
  proposal: { floor: 0, because: `${policy} says so`, ...proposal },
});

const count = fc.nat(50);
const proposal: fc.Arbitrary<Partial<Proposal>> = fc.record({
  floor: count,
  cap: count,
  runningMax: count,
  commandsMax: count,
  spawn: fc.tuple(fc.nat(1_000), fc.integer({ min: 1, max: 9 }))
    .map(([lagMs, queuePer]) => ({ lagMs, queuePer })),
  keepAliveMs: fc.nat(9_000),
}, { requiredKeys: ["floor"] });
const candidates = fc.array(proposal, { maxLength: 4 })
  .map((proposals) => proposals.map((part, i) => candidate(`p${i}`, part)));
const constraints = candidates
  .map((list) => list.map(({ proposal }, i) => candidate(`c${i}`, proposal)));

Deno.test("combine: takes the largest floor and keep-alive and the smallest limits", () => {
  const { envelope } = combine(before, [
    candidate("a", { floor: 3, cap: 9, runningMax: 7, spawn: { lagMs: 30, queuePer: 4 } }),
    candidate("b", { floor: 5, cap: 12, commandsMax: 6, spawn: { lagMs: 60, queuePer: 2 } }),
    candidate("c", { keepAliveMs: 500 }),
  ], []);
  assertEquals(envelope, {
    floor: 5,
    cap: 9,
    runningMax: 7,
    commandsMax: 6,
    spawn: { lagMs: 30, queuePer: 2 },
    keepAliveMs: 500,
  });
});

Deno.test("combine: starts nothing for a queue when no policy proposes it", () => {
  const { envelope } = combine(before, [candidate("a", { floor: 4, cap: 4 })], [
    candidate("c", { spawn: { lagMs: 1, queuePer: 1 } }),
  ]);
  assertEquals(envelope.spawn, null);
});

Deno.test("combine: a floor above a cap gives way", () => {
  const { envelope } = combine(before, [
    candidate("wishful", { floor: 9 }),
    candidate("careful", { cap: 3 }),
  ], []);
  assertEquals([envelope.floor, envelope.cap], [3, 3]);
});

Deno.test("combine: of several sizes the largest holds, a floor raises it, a limit lowers it", () => {
  const sized = (...parts: Partial<Proposal>[]) => {
    const policies = parts.map((part, i) => candidate(`p${i}`, part));
    const { envelope: { floor, cap }, winner } = combine(before, policies, []);
    return [floor, cap, winner];
  };
  const [four, nine] = [{ floor: 4, cap: 4 }, { floor: 9, cap: 9 }];
  assertEquals(sized(four, nine), [9, 9, "p1"]);
  assertEquals(sized(four, { floor: 6 }), [6, 6, "p1"]);
  assertEquals(sized(four, { floor: 2, cap: 20 }), [4, 4, "p0"]);
  assertEquals(sized(nine, { floor: 0, cap: 5 }), [5, 5, "p1"]);
  assertEquals(sized(four, { floor: 12, cap: 5 }), [5, 5, "p1"]);
});

Deno.test("combine: a cap that is a precaution gives way to a floor, as far as it may", () => {
  const precaution = candidate("careful", { cap: 3, capRaisableTo: 10 });
  const capped = (floor: number, ...more: Candidate[]) => {
    const { envelope, winner } = combine(before, [
      precaution,
      candidate("planned", { floor }),
      ...more,
    ], []);
    return [envelope.floor, envelope.cap, winner];
  };
  assertEquals(capped(1), [1, 3, "planned"]);
  assertEquals(capped(8), [8, 8, "planned"]);
  assertEquals(capped(12), [10, 10, "careful"]);
  assertEquals(capped(8, candidate("measured", { cap: 6 })), [6, 6, "measured"]);
  assertEquals(combine(before, [precaution], []).envelope.cap, 3);
});

Deno.test("combine: bounds lift and lower a fixed size", () => {
  const bounds = candidate("bounds", { floor: 4, cap: 24 });
  for (const [wish, size] of [[2, 4], [8, 8], [30, 24]] as const) {
    const fixed = candidate("fixed", { floor: wish, cap: wish });
    const { envelope, vetoes, winner } = combine(before, [fixed], [bounds]);
    assertEquals([envelope.floor, envelope.cap], [size, size]);
    assertEquals(vetoes, wish === size ? [] : [bounds]);
    assertEquals(winner, wish === size ? "fixed" : "bounds");
  }
});

Deno.test("combine: names who set the cap where the floor did not move", () => {
  const { winner, because } = combine(before, [
    candidate("floorer", { floor: 2 }),
    candidate("capper", { cap: 6 }),
  ], [candidate("bounds", { floor: 2, cap: 24 })]);
  assertEquals([winner, because], ["capper", "capper says so"]);
});

Deno.test("combine: floor <= cap, all of it finite, whoever speaks", () => {
  fc.assert(fc.property(candidates, constraints, (policies, vetoing) => {
    const { envelope } = combine(before, policies, vetoing);
    assert(envelope.floor >= 0 && envelope.floor <= envelope.cap);
    assertEquals(JSON.parse(JSON.stringify(envelope)), envelope);
  }));
});

Deno.test("combine: a veto always wins", () => {
  fc.assert(fc.property(candidates, constraints, (policies, vetoing) => {
    const { envelope } = combine(before, policies, vetoing);
    for (const { proposal } of vetoing) {
      assert(envelope.cap <= (proposal.cap ?? Infinity));
      assert((envelope.runningMax ?? Infinity) <= (proposal.runningMax ?? Infinity));
      assert((envelope.commandsMax ?? Infinity) <= (proposal.commandsMax ?? Infinity));
    }
    const cap = Math.min(...vetoing.map(({ proposal }) => proposal.cap ?? Infinity));
    const floor = Math.max(0, ...vetoing.map(({ proposal }) => proposal.floor));
    assert(envelope.floor >= Math.min(floor, cap), "a floor yields to nothing but a cap");
  }));
});

Deno.test("combine: the order of policies and of constraints does not matter", () => {
  fc.assert(fc.property(candidates, constraints, (policies, vetoing) => {
    assertEquals(
      combine(before, policies.toReversed(), vetoing.toReversed()).envelope,
      combine(before, policies, vetoing).envelope,
    );
  }));
});

Deno.test("combine: lists exactly the constraints that narrow what policies propose", () => {
  fc.assert(fc.property(candidates, constraints, (policies, vetoing) => {
    const open = combine(before, policies, []).envelope;
    for (const constraint of vetoing) {
      const alone = combine(before, policies, [constraint]);
      const narrows = JSON.stringify(alone.envelope) !== JSON.stringify(open);
      assertEquals(alone.vetoes.length === 1, narrows);
      assertEquals(combine(before, policies, vetoing).vetoes.includes(constraint), narrows);
    }
  }));
});

const garbage: readonly [string, Partial<Proposal>][] = [
  ["floor NaN", { floor: NaN }],
  ["floor -1", { floor: -1 }],
  ["floor Infinity", { floor: Infinity }],
  ["cap NaN", { cap: NaN }],
  ["runningMax -2", { runningMax: -2 }],
  ["commandsMax NaN", { commandsMax: NaN }],
  ["keepAliveMs -1", { keepAliveMs: -1 }],
  ["lagMs NaN", { spawn: { lagMs: NaN, queuePer: 1 } }],
  ["queuePer 0", { spawn: { lagMs: 1, queuePer: 0 } }],
];
for (const [name, part] of garbage) {
  Deno.test(`combine: refuses ${name} and holds the pool, inside the other constraints`, () => {
    const broken = candidate("broken", part);
    const sound = candidate("sound", { floor: 20, cap: 20 });
    const bounds = candidate("bounds", { floor: 0, cap: 6 });
    for (const [policies, vetoing] of [[[sound, broken], []], [[sound], [broken]]]) {
      const held = combine(before, policies!, vetoing!);
      assertEquals(held.envelope, before);
      assertEquals([held.winner, held.because], ["broken", `held: broken proposes ${name}`]);
      const within = combine(before, policies!, [...vetoing!, bounds]);
      assertEquals(within.envelope, { ...before, cap: 6 });
    }
  });
}

Deno.test("combine: a pool without policies stays empty and says why", () => {
  const { envelope, winner, because } = combine(before, [], []);
  assertEquals([envelope.floor, winner, because], [0, "none", "nobody proposes anything"]);
});
