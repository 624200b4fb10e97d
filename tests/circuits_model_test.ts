/** Any mix of what can happen to jobs with breakers. */
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { CircuitsStage } from "./circuits_stage.ts";
import { crash } from "./queue_stage.ts";

Deno.test("circuits: whatever happens, one at most is tried, nobody is lost or held for ever", async () => {
  const step = fc.oneof(
    fc.record({ do: fc.constantFrom("put", "put", "put", "take", "take") }),
    fc.record({
      do: fc.constant("end" as const),
      how: fc.constantFrom(
        "done" as const,
        "failed" as const,
        "failed" as const,
        "invalid" as const,
      ),
    }),
    fc.record({ do: fc.constantFrom("cancel", "release", "lose") }),
    fc.record({ do: fc.constant("wait" as const), ms: fc.constantFrom(20, 1_000, 31_000) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 120 }), async (steps) => {
      const stage = new CircuitsStage({ volumeMin: 2, openMaxMs: 60_000 });
      const running: ReturnType<CircuitsStage["put"]>[] = [];
      const specs = [{}, { key: "host:a" }, { keys: ["host:a", "host:b"] }, { retries: 1 }];
      let puts = 0;
      for (const step of steps) {
        if (step.do === "put") stage.put(specs[puts++ % specs.length]);
        else if (step.do === "take") {
          const before = stage.value();
          const job = stage.take();
          if (!job) continue;
          running.push(job);
          if (before !== null && before !== "closed") {
            assertEquals(stage.circuits.all.get("operation:t")!.probe, job);
          }
        } else if (step.do === "wait") await stage.clock.advance(step.ms);
        else {
          const job = running.shift();
          if (!job) continue;
          if (step.do === "end") stage.end(job, step.how);
          else if (step.do === "cancel") stage.queue.cancel(job, "because", true);
          else if (step.do === "release") stage.queue.release([job]);
          else stage.queue.lose([job], null, "1.1", crash());
        }
        const blocked = [...stage.queue.open.values()].filter(({ state }) => state === "blocked");
        assertEquals(blocked.length, stage.circuits.held);
      }
      for (let round = 0; round < 400 && stage.queue.open.size > 0; round++) {
        for (const job of running.splice(0)) stage.end(job);
        for (let job = stage.take(); job; job = stage.take()) running.push(job);
        await stage.clock.advance(61_000);
      }
      assertEquals([stage.queue.open.size, stage.circuits.held, stage.queue.queued], [0, 0, 0]);
    }),
    { numRuns: 60 },
  );
});
