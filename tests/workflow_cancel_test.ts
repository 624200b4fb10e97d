/** The end of a workflow that is cancelled. */
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import type { Job } from "../actors/job.ts";
import { cancelWorkflow } from "../actors/workflows/cancel.ts";
import type { JobSpec } from "../messages/job.ts";
import { WorkflowStage } from "./workflow_stage.ts";

/** Cancels on a stage where workers are to be told by hand. */
function cancel(stage: WorkflowStage, id: string): Promise<number | null> {
  const { queue, store } = stage;
  const cancel = (job: Job, because: string) => queue.cancel(job, because);
  return cancelWorkflow({ queue, ports: { store }, cancel }, id, "not wanted any more");
}

Deno.test("workflow cancel: what waits ends, what runs is told, what has ended stays", async () => {
  const stage = new WorkflowStage();
  await stage.submit({ taskId: "other" });
  await stage.submit(
    { taskId: "clean", after: [{ id: "ship", onFailure: "run" }] },
    { taskId: "ship", after: ["test", "lint"] },
    { taskId: "build", priority: "high" },
    { taskId: "test", after: ["build"], priority: "high" },
    { taskId: "lint", after: ["build"], delayMs: 60_000 },
  );
  const build = stage.begin()!;
  stage.finish(build);
  await stage.clock.advance(1);
  const test = stage.begin()!;
  assertEquals(test.spec.taskId, "test");
  assertEquals(await cancel(stage, "j2"), 4);
  assertEquals(stage.endings.slice(1).sort(), [[2, "cancelled"], [3, "cancelled"], [
    6,
    "cancelled",
  ]]);
  assertEquals(test.state, "running");
  stage.end(test, "cancelled");
  await stage.clock.advance(100_000);
  assertEquals(stage.endings.length, 5, "each has one ending, and nothing begins after it");
  assertEquals(stage.queue.open.size, 1);
  assertEquals(stage.ended.at(1)![1].message, "not wanted any more");
  assertEquals([await cancel(stage, "j2"), await cancel(stage, "none")], [0, null]);
  assertEquals(stage.begin()?.spec.taskId, "other");
});

Deno.test("workflow cancel: no step ends otherwise, whatever waits for whatever", async () => {
  const shape = fc.array(fc.array(fc.nat(19), { maxLength: 3 }), { minLength: 1, maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(shape, fc.nat(20), fc.constantFrom("fail", "skip", "run"), async (
      shape,
      ran,
      onFailure,
    ) => {
      const stage = new WorkflowStage();
      // Each waits for some that are submitted after it.
      const steps = shape.map((targets, n): JobSpec => {
        const after = [...new Set(targets)].filter((target) => target > n && target < shape.length);
        return {
          taskId: `s${n}`,
          executionId: "w",
          after: after.map((target) => ({ id: `s${target}`, onFailure: onFailure as "fail" })),
        };
      });
      await stage.submit(...steps);
      for (let n = 0; n < ran; n++) {
        const job = stage.begin();
        if (!job) break;
        stage.finish(job);
        await stage.clock.advance(1);
      }
      const done = stage.ended.length;
      assertEquals(await cancel(stage, "w"), shape.length - done);
      const ends = stage.endings.map(([, how]) => how);
      assertEquals(ends.slice(0, done).every((how) => how === "done"), true);
      assertEquals(ends.slice(done), Array(shape.length - done).fill("cancelled"));
      assertEquals([stage.begin(), stage.queue.queued], [undefined, 0]);
    }),
  );
});

Deno.test("workflow cancel: all steps, also those beyond the first page", async () => {
  const stage = new WorkflowStage();
  const steps = Array.from({ length: 2_500 }, (_, n) => ({ taskId: `s${n}`, executionId: "w" }));
  await stage.submit(...steps, { taskId: "end", after: ["s0", "s2499"] });
  assertEquals(await cancel(stage, "w"), 2_501);
  assertEquals(stage.queue.open.size, 0);
});
