/** What a system tells of itself under a virtual clock, and a real runtime through its doors. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { diagnosisOf } from "../actors/diagnosis/diagnosis.ts";
import { waitsOf } from "../actors/diagnosis/waits.ts";
import { jobId } from "../actors/job.ts";
import { poolHandle } from "../actors/pool_handle.ts";
import { traceOf } from "../actors/trace.ts";
import { keysOf } from "../actors/turns/keys_of.ts";
import { capacityText } from "../cli/capacity.ts";
import { diagnosisText } from "../cli/diagnose.ts";
import { traceText } from "../cli/trace.ts";
import type { JobSpec } from "../messages/job.ts";
import { live } from "./live.ts";
import { orderOf } from "./orders.ts";
import { SystemStage } from "./system_stage.ts";

/** Submits one job, which is kept. */
function submit(stage: SystemStage, spec: JobSpec, payload = "0"): string {
  const [job] = stage.system.queue.submit([orderOf(spec, { payload, keys: keysOf(spec) })]);
  return jobId(job!.id);
}

Deno.test("diagnosis: a limit that holds jobs is told with its key, and so many wait for it", async () => {
  const stage = new SystemStage({ part: { jobMs: () => 1e9 } });
  stage.system.queue.gates.turns.adopt({ "host:*": { each: 1, keys: null } });
  await stage.clock.advance(1_100);
  for (let i = 0; i < 200; i++) submit(stage, { task: "fetch", key: "host:a" });
  await stage.clock.advance(5_000);
  const waits = waitsOf(stage.system);
  assertEquals(waits.map(({ gate, priority }) => [gate, priority]), [["key", "normal"]]);
  assert(Math.abs(waits[0]!.jobs - 199) <= 8, String(waits[0]!.jobs));
  const { causes, verdict } = await diagnosisOf(stage.system);
  assertEquals(causes[0]!.name, "limit");
  assertEquals([causes[0]!.fix.key, causes[0]!.fix.value], ["limits.host:*.each", 2]);
  assertMatch(verdict, /^The limit host:\* holds \d+ jobs \(\d+ waiting, the oldest for 5 s\)$/);
  await stage.system.stop();
});

Deno.test("diagnosis: a paused pool is the operator's, a full one is told to be too small", async () => {
  const stage = new SystemStage({ max: 1, part: { jobMs: () => 1e9 } });
  await stage.clock.advance(1_100);
  for (let i = 0; i < 40; i++) submit(stage, { task: "block" });
  await stage.clock.advance(5_000);
  const { causes: [full] } = await diagnosisOf(stage.system);
  assertEquals([full!.name, full!.fix.key, full!.fix.value], [
    ...["workers", "pools.default.workers.max", 2],
  ]);
  poolHandle(stage.system, "default").pause();
  await stage.clock.advance(2_000);
  const { causes: [paused] } = await diagnosisOf(stage.system);
  assertEquals(paused!.name, "operator");
  await stage.system.stop();
});

Deno.test("trace: its parts add up to its life, and name what it waits for", async () => {
  const stage = new SystemStage({ part: { jobMs: (payload) => payload as number } });
  await stage.clock.advance(1_100);
  const first = submit(stage, { task: "make" }, "3000");
  const second = submit(stage, { task: "ship", delayMs: 1_000, after: [first] }, "500");
  await stage.clock.advance(2_000);
  const waits = (await traceOf(stage.system, second))!;
  assertEquals(waits.spans.map(({ name, isOpen }) => [name, isOpen ?? false]), [
    ["scheduled", false],
    ["dependencies", true],
  ]);
  assertMatch(waits.spans[1]!.note!, new RegExp(first));
  await stage.clock.advance(5_000);
  const done = (await traceOf(stage.system, second))!;
  assertEquals(done.state, "done");
  const whole = done.spans.filter(({ isPart }) => !isPart);
  assertEquals(whole.map(({ name }) => name).slice(0, 2), ["scheduled", "dependencies"]);
  assertEquals(whole.at(-1)!.name, "attempt");
  const sum = whole.reduce((all, { tookMs }) => all + tookMs, 0);
  assert(Math.abs(sum - done.tookMs) < 1e-6, `${sum} of ${done.tookMs}`);
  assertEquals(whole.at(-1)!.tookMs, 500);
  assertEquals(await traceOf(stage.system, "jzzzz"), null);
  assertEquals(await traceOf(stage.system, "nonsense"), null);
  await stage.system.stop();
});

Deno.test("trace: bars stand where the parts lie, and nothing said can break a line", () => {
  const text = traceText({
    ...{ id: "j1", state: "done", operation: "a\nb", acceptedAt: "2026-01-01T00:00:00.000Z" },
    tookMs: 1_000,
    spans: [
      { name: "queue", fromMs: 0, tookMs: 500 },
      { name: "attempt", fromMs: 500, tookMs: 500, note: "attempt 1 · done\x1b[31m" },
      { name: "prep", fromMs: 500, tookMs: 1, isPart: true, note: "done" },
    ],
    marks: [{ atMs: 500, what: "began" }],
  });
  assertEquals(text.split("\n"), [
    "j1 done · a b · 1000 ms · accepted 2026-01-01T00:00:00.000Z",
    `queue   |${"#".repeat(20)}${" ".repeat(20)}| 500 ms`,
    `attempt |${" ".repeat(20)}${"#".repeat(20)}| 500 ms · attempt 1 · done\\x1b[31m`,
    `  prep  |${" ".repeat(20)}#${" ".repeat(19)}| 1.0 ms · done`,
    "  +500 ms began",
  ]);
});

Deno.test("insight: a real runtime answers by HTTP, and the command line shows it", async () => {
  await using runtime = await live();
  const { id } = await runtime.submit({ task: "toy", input: { type: "echo", value: 1 } });
  await runtime.wait(id, 30_000);
  const ask = async (path: string) => {
    const response = await runtime.fetch(new Request(`http://localhost/api/v1/${path}`));
    assertEquals(response.status, 200, path);
    return await response.json();
  };
  const capacity = await ask("capacity");
  const byName = new Map<string, { value: number | null; source: string | null }>(
    capacity.limits.map((limit: { name: string }) => [limit.name, limit]),
  );
  assertEquals(byName.get("cpuCores")!.value, runtime.status().host.cores);
  for (const name of ["memoryBytes", "openFiles", "processes", "workers", "jobs"]) {
    assert(byName.get(name)!.value! > 0 && byName.get(name)!.source, name);
  }
  assertEquals(capacity.operations[0].jobs, 1);
  assertMatch(capacityText(capacity), /^cpuCores +\S+ · enforced by \//m);
  assertMatch(capacityText(capacity), /growth: not enough data: 0 of 7 days/);
  const diagnosis = await ask("diagnosis");
  assert(Array.isArray(diagnosis.causes) && diagnosis.sight.host.cores > 0);
  assertMatch(diagnosisText(diagnosis), /workers: \d+ busy, \d+ idle/);
  const trace = await ask(`jobs/${id}/trace`);
  assertEquals([trace.state, trace.spans.at(-1).name], ["done", "attempt"]);
  const none = await runtime.fetch(new Request("http://localhost/api/v1/jobs/jzzz/trace"));
  assertEquals(none.status, 404);
  await none.body?.cancel();
});
