/** Room that a worker has for young objects. */
import { assert } from "@std/assert";
import { createRuntime, taskFile } from "../mod.ts";
import { fixedAt } from "./live.ts";

Deno.test("young: objects of a task's moment get no more room than a worker needs", async () => {
  const young = taskFile<typeof import("./tasks/young.ts")>(
    new URL("./tasks/young.ts", import.meta.url),
  );
  await using runtime = await createRuntime({ tasks: { young }, config: fixedAt(1) });
  const roomMiB = await runtime.run("young") / 2 ** 20;
  assert(roomMiB > 4 && roomMiB <= 17, `${roomMiB} MiB`); // Two halves of 8.
});
