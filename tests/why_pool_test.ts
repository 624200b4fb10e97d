/** Why a pool has its size, in a sentence with numbers, and who says what. */
import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { poolHandle } from "../actors/pool_handle.ts";
import { Refusal } from "../actors/runtime.ts";
import { whyPool } from "../actors/why_pool.ts";
import { whyPoolText } from "../cli/decision_text.ts";
import { costsSchema } from "../policies/business/costs.ts";
import { bindConstraint } from "../policies/constraints/mod.ts";
import { bind } from "../policies/scaling/mod.ts";
import { orderOf } from "./orders.ts";
import { SystemStage } from "./system_stage.ts";

Deno.test("why pool: says how many there are, who wants it so, and what the last change did", async () => {
  const stage = new SystemStage({ min: 1, max: 6, part: { jobMs: 400, holds: true } });
  const { clock, system } = stage;
  system.series.prices = costsSchema.parse({ currency: "CHF", workerPerHour: .25 });
  const guards = [bindConstraint("bounds", { min: 1, max: 6 }), bindConstraint("spares")];
  system.seat({ policies: [bind("fixed", { workers: 2 })], guards });
  for (let s = 0; s < 12; s++) {
    system.queue.submit(Array.from({ length: 7 }, () => orderOf()));
    await clock.advance(1_000);
  }
  system.seat({ policies: [bind("fixed", { workers: 9 }), bind("fixed", { workers: 4 })], guards });
  await clock.advance(10_000);
  const told = whyPool(system, "default");
  assertEquals([told.ready, told.floor, told.cap], [6, 6, 6]);
  assertMatch(
    told.because,
    /^6 workers are ready; there may be 6, says bounds: .+\. It went from 2 to 6, \d+ s ago: at least 6 wanted\. Decision \d+ helped: 2 to 6 workers: the head waits \d+ ms instead of [\d.]+ m?s\.$/,
  );
  const said = told.voices.map(({ name, does }) => `${name} ${does}`);
  assertEquals(said, [
    ...["fixed proposes", "fixed proposes", "bounds allows"],
    ...["spares says nothing", "starts allows"],
  ]);
  const { decision } = told;
  assertEquals(decision?.verdict?.verdict, "helped");
  const alone = decision!.alternatives.map(({ kind, policy, envelope }) =>
    `${kind} ${policy} ${envelope.floor}`
  );
  assertEquals(alone, ["alone fixed 6", "alone fixed 4", "without bounds 9"]);
  assertEquals(decision!.cost, {
    ...{ workerSeconds: 14_400, workerSecondsMost: 14_400 },
    money: { now: 1, most: 1, currency: "CHF" },
  });
  const text = whyPoolText(told);
  assertMatch(text, /\n {2}- costs \+14400 worker-seconds an hour now, \+14400 at most \(\+1 and/);
  assertMatch(
    text,
    /\n {2}- expected wait by workers: .*2: \d.* s, as now .*6: \d+ ms, \+14400 worker/,
  );
  assertMatch(text, /\n {2}- helped: 2 to 6 workers/);
  await system.stop();
});

Deno.test("why pool: says how many get no jobs, as the others do with what there is", async () => {
  const stage = new SystemStage({ min: 3, max: 6 });
  const { clock, system } = stage;
  await clock.advance(1_000);
  const { links, dispatcher: { router } } = system.home.pool;
  for (const link of links.slice(1)) router.spared.add(link);
  assertMatch(
    whyPool(system, "default").because,
    /The others do with what there is to do: 2 get jobs only where these have no room, and can go/,
  );
  await system.stop();
});

Deno.test("why pool: names the operator and blind senses, and no pool that is not there", async () => {
  const stage = new SystemStage({ min: 1, max: 6 });
  const { clock, system } = stage;
  await clock.advance(1_000);
  poolHandle(system, "default").pin(3);
  await clock.advance(1_000);
  const { because, voices } = whyPool(system, "default");
  assertMatch(
    because,
    /^3 workers are ready; there may be 3, pinned to 3 workers by the operator\. It may not change now: operator pinned/,
  );
  poolHandle(system, "default").resume();
  await clock.advance(1_000);
  assertMatch(whyPool(system, "default").because, /; there may be 1 to 6, says bounds: /);
  assert(voices.some(({ name, does }) => name === "operator" && does === "forbids"));
  assertThrows(() => whyPool(system, "none"), Refusal, 'There is no pool "none"');
  await system.stop();
});
