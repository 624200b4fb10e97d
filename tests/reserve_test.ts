/** Workers above the usual most of them, kept for objectives that burn. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { Burns } from "../actors/business/burns.ts";
import { composeConfig } from "../actors/config.ts";
import { Refusal } from "../actors/runtime.ts";
import type { Objectives } from "../actors/series/objectives.ts";
import { costsSchema } from "../policies/business/costs.ts";
import { objectivesSchema } from "../policies/business/objective.ts";
import { bindConstraint } from "../policies/constraints/mod.ts";
import { bind } from "../policies/scaling/mod.ts";
import { orderOf } from "./orders.ts";
import { readingOf } from "./readings.ts";
import { SystemStage } from "./system_stage.ts";

const options = { min: 1, max: 4, reserveWorkers: 6, reserveForMs: 60_000 };

/** The caps of a pool of 4 to 6 whose worst objective burns so, a look each ten seconds. */
function caps(burns: readonly (number | null)[], said: object = options) {
  const guard = bindConstraint("bounds", said);
  return burns.map((burnRatio, i) =>
    guard.constrain(readingOf({ nowMs: 10_000 * i, burnRatio }))!.cap
  );
}

Deno.test("reserve: is used above 14 alone, and given back below 7", () => {
  assertEquals(caps([null, 0, 14, 14.1, 10, 7, 6.9, 10, 14]), [4, 4, 4, 6, 6, 6, 4, 4, 4]);
  assertEquals(caps([20, null, 20]), [6, 4, 6], "who can't tell how it burns has no more");
  assertEquals(caps([20, 20], { max: 4 }), [4, 4]);
});

Deno.test("reserve: for as long as it may be, then not before it has burnt less", () => {
  const burning = Array.from({ length: 12 }, () => 30);
  assertEquals(caps([...burning, 5, 30]), [...Array(6).fill(6), ...Array(6).fill(4), 4, 6]);
});

Deno.test("reserve: whatever burns, never above it, and above the usual for no longer than it may", () => {
  const burns = fc.option(fc.double({ min: 0, max: 60, noNaN: true }));
  fc.assert(fc.property(fc.array(burns, { maxLength: 200 }), (seen) => {
    let longest = 0;
    let since = 0;
    for (const [i, cap] of caps(seen).entries()) {
      assert(cap === 4 || cap === 6);
      since = cap === 6 ? since + 1 : 0;
      longest = Math.max(longest, since);
      if (cap === 6 && since === 1) assert(seen[i]! > 14);
    }
    assert(longest <= 6);
  }));
});

Deno.test("burns: the worst of all objectives, in five minutes and in an hour both", () => {
  const counted = { good: 0, total: 0 };
  const objective = { goodRatio: .9 };
  const burns = new Burns({ all: [{ name: "a", objective, counted }] } as unknown as Objectives);
  const look = (s: number) => burns.worst(1_000 * s);
  assertEquals([look(0), new Burns({ all: [] } as unknown as Objectives).worst(0)], [null, null]);
  // An hour in which all is well, then five minutes in which half is not.
  for (let s = 10; s <= 3_600; s += 10) {
    counted.good += 10;
    counted.total += 10;
    look(s);
  }
  assertEquals(look(3_600), 0);
  for (let s = 3_610; s <= 3_900; s += 10) {
    counted.good += 5;
    counted.total += 10;
    look(s);
  }
  const soon = look(3_901)!;
  assert(soon > .3 && soon < .5, `the hour says ${soon}`);
  for (let s = 3_910; s <= 8_000; s += 10) {
    counted.good += 5;
    counted.total += 10;
    look(s);
  }
  assert(Math.abs(look(8_001)! - 5) < .01);
  counted.total += 4;
  assertEquals(new Burns({ all: [{ name: "a", objective, counted }] } as never).worst(0), null);
});

Deno.test("reserve: a pool has it while jobs miss their objective, and gives it back after that", async () => {
  let isSlow = true;
  const stage = new SystemStage({
    part: { jobMs: () => isSlow ? 3_000 : 20, holds: true },
  });
  const { clock, system } = stage;
  const quick = objectivesSchema.parse({ quick: { latencyMs: 500, goodRatio: .95 } });
  system.series.adopt(quick, costsSchema.parse({}));
  system.seat({
    policies: [bind("onDemand", { workersMax: 6, keepAliveMs: 1_000 })],
    guards: [bindConstraint("bounds", { ...options, reserveForMs: 600_000 })],
  });
  const run = async (seconds: number, each: number) => {
    let most = 0;
    for (let s = 0; s < seconds; s++) {
      for (let i = 0; i < each; i++) system.queue.submitOne(orderOf());
      await clock.advance(1_000);
      most = Math.max(most, stage.ready);
    }
    return most;
  };
  assert(await run(6, 1) <= 4, "nothing is known to be late yet");
  assertEquals(await run(60, 2), 6);
  const decision = system.controller.decisions().findLast(({ envelope }) => envelope.cap === 6)!;
  const said = decision.vetoes.find(({ policy }) => policy === "bounds") ??
    system.controller.constraints.find(({ policy }) => policy === "bounds")!;
  assert(
    /^bounds 1 to 6, 4 but for an objective that burns 20 times/.test(said.proposal.because),
    said.proposal.because,
  );
  isSlow = false;
  await run(400, 2);
  assert(await run(20, 30) <= 4, "as many as ever");
  await system.stop();
});

Deno.test("reserve: is more than the usual most, and needs that to be said", () => {
  const pool = (max: number | null, reserve: object) => {
    const values = { pools: { default: { workers: { max }, reserve } } };
    return composeConfig([{ name: "t", values }]).pools.default!;
  };
  assertEquals(pool(4, { workersMax: 6, forMs: "5m" }).reserve, { workersMax: 6, forMs: 300_000 });
  for (const max of [6, null]) {
    const error = assertThrows(() => pool(max, { workersMax: 6 }), Refusal);
    assertEquals(error.issues.map(({ pointer }) => pointer), ["/pools/default/reserve/workersMax"]);
  }
});
