/** Workflows of a runtime, over HTTP and over kills. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { createRuntime } from "../actors/create_runtime.ts";
import { workflowText } from "../cli/workflow.ts";
import { inFolder } from "./command_line.ts";
import { killWorkflows } from "./killed_workflow.ts";
import { until } from "./until.ts";

Deno.test("workflow: runs in order, and is shown over HTTP", async () => {
  const data = await Deno.makeTempDir();
  await using runtime = await createRuntime({ data });
  const ask = async (path: string, body?: unknown, method = "GET") => {
    const response = await runtime.fetch(
      new Request(`http://localhost/api/v1/${path}`, {
        ...(body === undefined ? { method } : {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify(body),
        }),
      }),
    );
    return { status: response.status, body: await response.json() };
  };
  const step = (taskId: string, command: string[], after: unknown[] = []) => ({
    taskId,
    executionId: "release/1 ü",
    command,
    after,
  });
  const { status, body } = await ask("jobs?wait=30s", {
    jobs: [
      step("ship", ["true"], ["test"]),
      step("test", ["false"], ["build"]),
      step("build", ["true"]),
      step("clean", ["true"], [{ id: "ship", onFailure: "run" }]),
    ],
  });
  assertEquals(status, 200);
  assertEquals(body.jobs.map(({ state }: { state: string }) => state), [
    "failed",
    "failed",
    "done",
    "done",
  ]);
  assertEquals(body.jobs[0].outcome.code, "dependency_failed");
  const { body: { items } } = await ask("workflows");
  assertEquals(items.map(({ id, state, done }: Record<string, unknown>) => [id, state, done]), [
    ["release/1 ü", "failed", 2],
  ]);
  const workflow = (await ask(`workflows/${encodeURIComponent("release/1 ü")}`)).body;
  assertEquals(workflow.state, "failed");
  assertStringIncludes(workflowText(workflow), " build -> test -> ship -> clean\n");
  assertEquals((await ask("workflows/none")).status, 404);
  assertEquals((await ask("workflows?limit=0")).body.code, "invalid_limit");
  const unknown = await ask("jobs", { jobs: [{ command: ["true"], after: ["j999"] }] });
  assertEquals([unknown.status, unknown.body.errors[0].pointer], [400, "/jobs/0/after/0"]);
  const why = await ask("jobs", { command: ["true"], after: [body.jobs[2].id], delayMs: 60_000 });
  assertEquals((await ask(`jobs/${why.body.jobs[0].id}/why`)).body.gate, "scheduled");
  await runtime.cancel(why.body.jobs[0].id);
  await ask("jobs", {
    jobs: [
      { taskId: "long", executionId: "stop", command: ["sleep", "987.6"] },
      { taskId: "next", command: ["true"], after: ["long"] },
    ],
  });
  const told = await ask("workflows/stop", undefined, "DELETE");
  assert(told.status === 202 || told.status === 200, "it may have begun by now");
  assertEquals(told.body.steps[1].state, "cancelled");
  await until(() => runtime.status().ended["cancelled"] === 3);
  const again = await ask("workflows/stop", undefined, "DELETE");
  assertEquals([again.status, again.body.state], [200, "failed"]);
  const unknownFlow = await ask("workflows/none", undefined, "DELETE");
  assertEquals([unknownFlow.status, unknownFlow.body.code], [404, "not_found"]);
  await runtime.close();
  await Deno.remove(data, { recursive: true });
});

Deno.test("workflow: survives kills, each step with one ending after those before it", async () => {
  await inFolder({}, async (cwd) => {
    const points = [0.3, 0.7];
    const { workflows, flaws, again } = await killWorkflows(cwd, 2, () => points.pop()!);
    assertEquals(flaws, []);
    assertEquals(workflows.length, 2);
    // Two steps of a workflow run at once; the second kill may meet both workflows.
    assert(again <= 2 + 4, `${again} steps ran again`);
  });
});
