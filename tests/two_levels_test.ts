/** The same jobs in virtual time: where they wait they get slots, where they compute they get workers. */
import { assert, assertEquals } from "@std/assert";
import type { Job } from "../actors/job.ts";
import { orderOf } from "./orders.ts";
import { SystemStage } from "./system_stage.ts";

/** Ten jobs of half a second each second, for 20 s; the most workers, and the longest wait. */
async function play(holds: boolean) {
  const stage = new SystemStage({ min: 1, max: 12, part: { jobMs: 500, holds } });
  const { clock, system } = stage;
  await clock.advance(1_000);
  const jobs: Job[] = [];
  let most = 0;
  for (let i = 0; i < 200; i++) {
    jobs.push(system.queue.submitOne(orderOf()));
    await clock.advance(100);
    most = Math.max(most, stage.ready);
  }
  await clock.advance(10_000);
  assertEquals(jobs.filter(({ outcome }) => outcome?.type !== "done"), []);
  await system.stop();
  return { most, waitMs: Math.max(...jobs.slice(100).map(({ outcome }) => outcome!.waitMs)) };
}

Deno.test("two levels: five jobs at once that wait take slots, and no second worker", async () => {
  const { most, waitMs } = await play(false);
  assertEquals(most, 1);
  assert(waitMs < 50, `${waitMs} ms`);
});

Deno.test("two levels: five jobs at once that compute take a worker each", async () => {
  const { most, waitMs } = await play(true);
  assert(most >= 5 && most <= 12, `${most} workers`);
  assert(waitMs <= 500, `${waitMs} ms`);
});
