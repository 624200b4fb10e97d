/** Jobs that run alone have their turn, whatever else there is to do. */
import { assert, assertEquals } from "@std/assert";
import { orderOf } from "./orders.ts";
import { SystemStage } from "./system_stage.ts";

Deno.test("alone: a task with limits has its turn among others that never cease to come", async () => {
  const stage = new SystemStage({ min: 1, max: 1, part: { jobMs: 30 } });
  const { clock, system } = stage;
  await clock.advance(100);
  let others = 0;
  const flood = () => {
    if (others >= 10_000) return;
    others++;
    system.queue.submitOne(orderOf({}, { ended: flood }));
  };
  for (let i = 0; i < 20; i++) flood();
  await clock.advance(100);
  const job = system.queue.submitOne(orderOf({}, { limits: { memoryBytes: 200 * 2 ** 20 } }));
  await clock.advance(1_000);
  assertEquals(job.outcome?.type, "done");
  const before = others;
  await clock.advance(1_000);
  assert(others - before > 50, "the worker takes several at once again");
  await system.stop();
});
