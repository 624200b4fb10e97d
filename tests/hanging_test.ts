/** A server that never answers costs a job its time limit and no longer, nor a connection. */
import { assert, assertEquals } from "@std/assert";
import { createRuntime, taskFile } from "../mod.ts";
import { beside, fixedAt } from "./live.ts";
import { until } from "./until.ts";

const tasks = { caller: taskFile<typeof import("./tasks/caller.ts")>(beside("tasks/caller.ts")) };

Deno.test("time limits: a call that is never answered ends with its job, and so does its connection", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const calls: Deno.Conn[] = [];
  let closed = 0;
  const serving = (async () => {
    for await (const call of listener) {
      calls.push(call);
      // It reads what is asked and says nothing; the end of what is read is the caller's.
      call.readable.pipeTo(new WritableStream()).catch(() => {}).finally(() => closed++);
    }
  })();
  await using runtime = await createRuntime({ tasks, config: fixedAt(1) });
  const url = `http://127.0.0.1:${listener.addr.port}/`;
  const { id } = await runtime.submit({ task: "caller", input: { url }, timeoutMs: 400 });
  const job = (await runtime.wait(id, 30_000))!;
  assertEquals([job.state, job.outcome?.category], ["timedOut", "timeout"]);
  const { durationMs } = job.outcome!;
  assert(durationMs >= 390 && durationMs < 5_000, `${durationMs}`);
  await until(() => calls.length > 0 && closed === calls.length);
  listener.close();
  await serving;
});
