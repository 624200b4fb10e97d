/** Attempts after the first: which failures have one, when, and how many a storm is granted. */
import { assertEquals } from "@std/assert";
import { conclude } from "../actors/conclude.ts";
import { defineTask } from "../task.ts";
import { JobContext, runTask } from "../worker/tasks.ts";
import { jobOf } from "./orders.ts";

/** What becomes of what a task throws. */
async function thrown(error: unknown) {
  const teller = { tell: () => {}, folder: () => "" };
  const task = defineTask({
    run: () => {
      throw error;
    },
  });
  const { ending, payload } = await runTask(task, null, new JobContext(1, 1, "", teller));
  const { category, code, message, retryAfterMs } = conclude(
    jobOf(1),
    ending,
    JSON.parse(payload),
    1,
    "1.1",
  );
  return { category, code, message, retryAfterMs };
}

Deno.test("retry: an error says when another attempt makes sense", async () => {
  const told = { category: "exit", code: "task_threw", message: "Error: 429" };
  const busy = (retryAfterMs: unknown) => thrown(Object.assign(new Error("429"), { retryAfterMs }));
  assertEquals(await busy(1_500), { ...told, retryAfterMs: 1_500 } as never);
  assertEquals((await busy(0)).retryAfterMs, 0);
  assertEquals((await busy(1e12)).retryAfterMs, 86_400_000, "not longer than a day");
  for (const nonsense of [-1, NaN, Infinity, "60", null, undefined, {}]) {
    assertEquals((await busy(nonsense)).retryAfterMs, undefined);
  }
  assertEquals((await thrown({ retryAfterMs: 7 })).retryAfterMs, 7);
  for (const odd of ["text", null, undefined, 5]) {
    assertEquals((await thrown(odd)).retryAfterMs, undefined);
  }
});
