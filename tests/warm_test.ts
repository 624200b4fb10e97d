/** The smallest size of a pool is kept, whatever happens to its workers. */
import { assert, assertEquals } from "@std/assert";
import type { ScalingValue } from "../machines/may.ts";
import { orderOf } from "./orders.ts";
import { SystemStage } from "./system_stage.ts";

const breaker = ({ system }: SystemStage) => (system.controller.value as ScalingValue).breaker;

/** Kills all workers there are. */
function killAll({ processes }: SystemStage): void {
  for (const process of processes) process.exit(137, "SIGKILL");
}

Deno.test("warm: of workers that are all killed the smallest size is back within a second", async () => {
  const stage = new SystemStage({ min: 4, max: 8 });
  const { clock, system } = stage;
  await clock.advance(1_000);
  for (let round = 0; round < 5; round++) {
    assertEquals(stage.ready, 4);
    killAll(stage);
    await clock.advance(1_000);
  }
  assertEquals([stage.ready, breaker(stage)], [4, "closed"]);
  await system.stop();
});

Deno.test("warm: an open breaker keeps the smallest size, and lets it come back", async () => {
  const stage = new SystemStage({ min: 2, max: 8, part: { jobMs: 2_000, holds: true } });
  const { clock, system } = stage;
  await clock.advance(1_000);
  stage.part = { ...stage.part, startMs: null };
  const jobs = Array.from({ length: 8 }, () => system.queue.submitOne(orderOf()));
  while (breaker(stage) !== "open") await clock.advance(10);
  await clock.advance(5_000);
  assertEquals([stage.ready, breaker(stage)], [2, "open"]);
  await clock.advance(15_000);
  assertEquals(jobs.map(({ outcome }) => outcome?.type), Array(8).fill("done"));
  assertEquals([stage.ready, breaker(stage)], [2, "open"], "nobody is retired below it");
  stage.part = { jobMs: 10 };
  killAll(stage);
  await clock.advance(1_000);
  assertEquals([stage.ready, breaker(stage)], [2, "closed"], "one was tried at once");
  await system.stop();
});

Deno.test("warm: who can't be started is tried once for each that has died, and then as seldom as before", async () => {
  const stage = new SystemStage({ min: 2, max: 8, part: { jobMs: 2_000, holds: true } });
  const { clock, system } = stage;
  await clock.advance(1_000);
  stage.part = { startMs: null };
  for (let i = 0; i < 8; i++) system.queue.submitOne(orderOf());
  while (breaker(stage) !== "open") await clock.advance(10);
  await clock.advance(5_000);
  const before = stage.spawnsMs.length;
  killAll(stage);
  await clock.advance(10_000);
  const tried = stage.spawnsMs.length - before;
  assert(tried >= 1 && tried <= 2, `${tried} starts for two that have died`);
  assertEquals([stage.ready, breaker(stage)], [0, "open"]);
  await system.stop();
});
