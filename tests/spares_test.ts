/** Workers laid ready, as many as are said or as bursts of jobs need. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import fc from "fast-check";
import { composeConfig } from "../actors/config.ts";
import { guardsOf, isLive } from "../actors/reload.ts";
import { bindConstraint, type Guard } from "../policies/constraints/mod.ts";
import { orderOf } from "./orders.ts";
import { anyReadings, readingOf } from "./readings.ts";
import { SystemStage } from "./system_stage.ts";

/** What is laid ready after so many jobs in each second, of which busy workers have `each`. */
function laid(guard: Guard, jobs: readonly number[], each = 1) {
  const pool = { workers: 4, idle: 2, running: 2 * each, queued: each > 1 ? 1 : 0 };
  const said = jobs.map((arrivals, s) =>
    guard.constrain(readingOf({ ...pool, nowMs: 1_000 * s, arrivals }))
  );
  return said.map((one) => one?.spares ?? 0);
}

const seconds = <T>(count: number, jobs: (s: number) => T): T[] =>
  Array.from({ length: count }, (_, s) => jobs(s));

Deno.test("spares: as many as the busiest second of a hundred brings, by what a worker has at once", () => {
  const bursty = seconds(300, (s) => s % 20 === 7 ? 12 : 1);
  const bursts = () => bindConstraint("spares", { bursts: true });
  assertEquals(laid(bursts(), bursty).at(-1), 12);
  assertEquals(laid(bursts(), bursty, 5).at(-1), 3);
  assertEquals(
    laid(bursts(), bursty).slice(0, 60),
    Array(60).fill(0),
    "a minute is looked at first",
  );
  assertEquals(laid(bindConstraint("spares", { bursts: true, spares: 20 }), bursty).at(-1), 20);
  assertEquals(laid(bindConstraint("spares"), bursty).at(-1), 0);
  // What comes once in five minutes is none of a hundred seconds.
  assertEquals(laid(bursts(), seconds(600, (s) => s === 300 ? 50 : 0)).at(-1), 0);
  const over = laid(bursts(), [...bursty, ...seconds(700, () => 1)]);
  assertEquals([over[400], over.at(-1)], [12, 1]);
});

Deno.test("spares: says why, and never fewer than are said", () => {
  fc.assert(fc.property(anyReadings, fc.nat(9), (readings, spares) => {
    const guard = bindConstraint("spares", { bursts: true, spares });
    for (const reading of readings) {
      const said = guard.constrain(reading);
      const count = said?.spares ?? 0;
      assert(Number.isInteger(count) && count >= spares, `${count}`);
    }
  }));
  const guard = bindConstraint("spares", { bursts: true });
  const readings = seconds(80, (s) => readingOf({ nowMs: 1_000 * s, arrivals: 6 }));
  assertMatch(
    readings.map((reading) => guard.constrain(reading)).at(-1)!.because,
    /^spares 6: the busiest second of a hundred brings 6 jobs$/,
  );
});

Deno.test("spares: bursts of jobs that hold their workers find them ready, when some were seen", async () => {
  const stage = new SystemStage({
    min: 1,
    max: 12,
    part: { startMs: 2_000, jobMs: 500, holds: true },
  });
  const { clock, system } = stage;
  const guards = [
    bindConstraint("bounds", { min: 1, max: 12 }),
    bindConstraint("spares", { bursts: true }),
  ];
  system.seat({ policies: system.home.council.policies, guards });
  const waits: number[] = [];
  for (let burst = 0; burst < 8; burst++) {
    const jobs = seconds(6, () => 0).map(() => system.queue.submitOne(orderOf()));
    await clock.advance(15_000);
    waits.push(Math.max(...jobs.map(({ outcome }) => outcome!.waitMs)));
  }
  // On this stage a worker may be given a second job before it has told of the first.
  assert(waits[0]! > 4_000 && Math.max(...waits.slice(-3)) <= 500, `${waits}`);
  assertEquals(stage.ready, 6);
  await system.stop();
});

Deno.test("spares: a pool has them by its configuration, heeded at once", () => {
  assert(isLive("pools.default.spareBursts"));
  const { pools, costs } = composeConfig([{
    name: "t",
    values: { pools: { default: { spareBursts: true } } },
  }]);
  const guards = guardsOf(pools.default!, { cores: 2, memoryAvailableBytes: 4e9 }, costs);
  const guard = guards.find(({ name }) => name === "spares")!;
  assertEquals(laid(guard, seconds(100, () => 3)).at(-1), 3);
});
