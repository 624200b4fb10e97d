/** Several pools in one service: which jobs they have, and what is told of each. */
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { inPool } from "../actors/grant.ts";
import { poolHandle } from "../actors/pool_handle.ts";
import { Pools } from "../actors/pools.ts";
import { Refusal } from "../actors/runtime.ts";
import { changes } from "../actors/reload.ts";
import { composeConfig } from "../actors/config.ts";
import { statusOf } from "../actors/status.ts";
import { whyWaits } from "../actors/why.ts";
import { waitingLeast } from "../actors/workers_range.ts";
import { gather, live } from "./live.ts";
import { nothing, orderOf, task } from "./orders.ts";
import { SystemStage } from "./system_stage.ts";
import { until } from "./until.ts";

const there = { ...task, grant: inPool(nothing, "io") };
const configOf = (values: object) => composeConfig([{ name: "test", values }]);
const frame = { version: "0", startedAt: 0, tasks: [] };

/** Two pools, the other one with room for two workers; jobs take 100 ms and hold their thread. */
const stage = (min = 1) =>
  new SystemStage({
    ...{ min, max: 4, part: { jobMs: 100, holds: true } },
    others: { io: { min, max: 2 } },
  });

Deno.test("pools: each job is done by workers of its pool, and none waits for the other", async () => {
  const { clock, system } = stage();
  await clock.advance(300);
  const ended: string[] = [];
  const submit = (pool: "default" | "io") =>
    system.queue.submitOne(
      orderOf({}, {
        ...(pool === "io" && { operation: there }),
        ended: (_job, { worker }) => ended.push(`${pool} ${worker}`),
      }),
    );
  for (let i = 0; i < 40; i++) submit("default");
  submit("io");
  await clock.advance(150);
  assertEquals(ended.filter((one) => one.startsWith("io")).length, 1, "it did not wait for 40");
  await clock.advance(10_000);
  assertEquals(ended.length, 41);
  const seats = (pool: string) =>
    new Set(ended.filter((one) => one.startsWith(pool)).map((one) => one.split(/[ .]/)[1]));
  assertEquals(seats("default").intersection(seats("io")).size, 0, "no two workers have one name");
  const { pools } = statusOf(system, frame);
  assertEquals(pools.map(({ name }) => name), ["default", "io"]);
  assertEquals(system.home.metrics.finished + system.estates.get("io")!.metrics.finished, 41);
  assertEquals(system.metrics.finished, 41);
});

Deno.test("pools: facts name theirs, decisions are numbered together", async () => {
  const { clock, system, facts } = stage();
  await clock.advance(300);
  for (let i = 0; i < 40; i++) system.queue.submitOne(orderOf({}, { operation: there }));
  await clock.advance(1_000);
  const resized = facts.filter((fact) => fact.type === "resized").map(({ pool, actual }) =>
    `${pool} ${actual}`
  );
  assertEquals(resized, ["default 1", "io 1", "io 2"]);
  const ids = system.decisions.latest().map(({ id }) => id);
  assertEquals(ids, [...new Set(ids)].sort((one, other) => one - other));
  assertEquals(
    new Set(system.decisions.latest().map(({ pool }) => pool)),
    new Set(["default", "io"]),
  );
});

Deno.test("pools: an alert says which pool it is about, and the other one is well", async () => {
  const { clock, system, facts, processes } = stage(0);
  const spawn = system.ports.processes.spawn.bind(system.ports.processes);
  system.ports.processes.spawn = (options, events) => {
    if (options.grant.pool !== "io") return spawn(options, events);
    clock.at(clock.nowMs() + 1, () => events.failed("No such file or directory"));
    return { pid: null, queuedBytes: 0, send: () => {}, kill: () => {}, left: () => {} };
  };
  const jobs = [there, task].map((operation) => system.queue.submitOne(orderOf({}, { operation })));
  await clock.advance(20_000);
  assertEquals([jobs.map(({ state }) => state), processes.length], [["waiting", "done"], 1]);
  const opened = facts.find((fact) => fact.type === "alert" && fact.code === "breaker_open");
  assert(
    opened?.type === "alert" && opened.message.startsWith("Pool io: Workers can't be started"),
  );
  assertEquals(whyWaits(system, { id: "r1", state: "waiting" }).gate, "start");
  assert(statusOf(system, frame).verdict.startsWith("pool io: down"));
});

Deno.test("pools: each shrinks to nothing and comes back by itself", async () => {
  const { clock, system } = stage(0);
  const sizes = () => [...system.estates.values()].map(({ pool }) => pool.links.length);
  const job = () => system.queue.submitOne(orderOf({}, { operation: there }));
  await clock.advance(500);
  assertEquals(sizes(), [0, 0]);
  const first = job();
  await clock.advance(500);
  assertEquals([first.state, ...sizes()], ["done", 0, 1]);
  await clock.advance(10_000);
  assertEquals(sizes(), [0, 0]);
  const second = job();
  await clock.advance(500);
  assertEquals([second.state, ...sizes()], ["done", 0, 1]);
});

Deno.test("pools: one is pinned or paused, the others go on; why names it", async () => {
  const { clock, system } = stage();
  await clock.advance(300);
  poolHandle(system, "io").pause();
  const [held, free] = [there, task].map((operation) =>
    system.queue.submitOne(orderOf({}, { operation }))
  );
  await clock.advance(300);
  assertEquals([held!.state, free!.state], ["waiting", "done"]);
  const { pool, gate } = whyWaits(system, { id: "r1", state: "waiting" });
  assertEquals([pool, gate], ["io", "operator"]);
  assertEquals(
    statusOf(system, frame).verdict,
    "pool io: paused by the operator: no job is started",
  );
  poolHandle(system, "io").pin(2);
  await clock.advance(300);
  assertEquals(held!.state, "done");
  const refused = assertThrows(() => poolHandle(system, "cpu"), Refusal);
  assertEquals(refused.message, 'There is no pool "cpu": there is default, io');
});

Deno.test("pools: what the machine of one knew is known to it after a restart", async () => {
  const before = stage();
  await before.clock.advance(300);
  poolHandle(before.system, "io").pin(2);
  await before.clock.advance(300);
  const stored = await before.stored();
  const after = new SystemStage({
    ...{ max: 4, stored, store: before.store },
    others: { io: { min: 1, max: 2 } },
  });
  await after.clock.advance(300);
  const operators = [...after.system.estates.values()].map(({ controller }) =>
    (controller.value as { operator: string }).operator
  );
  assertEquals(operators, ["auto", "pinned"]);
  assertEquals(after.alerts, []);
});

Deno.test("pools: a job goes where it says, else where its operation does", () => {
  const pools = new Pools(["default", "io", "cpu"], {
    "fetch-*": { pool: "io" },
    "hash": { pool: "cpu" },
    "other": { pool: null },
  });
  assertEquals(
    [{ task: "hash" }, { task: "hash", pool: "io" }, { command: ["/bin/fetch-all"] }, { task: "o" }]
      .map((spec) => pools.of(spec)),
    ["cpu", "io", "io", "default"],
  );
  assertEquals(pools.of({ task: "other" }), "default");
  const refused = assertThrows(() => pools.of({ pool: "oi" }, "/jobs/3"), Refusal);
  assertEquals([refused.code, refused.issues[0]?.pointer], ["unknown_pool", "/jobs/3/pool"]);
  assertEquals(refused.issues[0]?.expected, "default, io, cpu");
  assertEquals(pools.operationIn("default", task), task);
  const moved = pools.operationIn("io", task);
  assertEquals([moved.grant.pool, moved.grant.key], ["io", "nothing of io"]);
  assert(pools.operationIn("io", task) === moved, "made once");
});

Deno.test("pools: what is said of each can be changed live, but for its being there", () => {
  const of = (pools: object) => configOf({ pools });
  const before = of({ io: { workers: { max: 3 } } });
  const changed = changes(before, of({ io: { workers: { max: 4 }, slots: { max: 2 } }, cpu: {} }));
  assertEquals(
    changed.filter(({ key }) => !key.startsWith("pools.cpu")).map(({ key, live }) => [key, live]),
    [["pools.io.workers.max", true], ["pools.io.slots.max", true]],
  );
  const added = changed.filter(({ key }) => key.startsWith("pools.cpu"));
  assert(added.length > 0 && added.every(({ live }) => !live));
});

Deno.test("pools: a service with two runs tasks and commands in both, and tells of each", async () => {
  const max = (workers: number) => ({ workers: { min: 0, max: workers } });
  await using runtime = await live({
    pools: { default: max(1), io: max(2) },
    operations: { printf: { pool: "io" } },
  });
  await using gathered = gather(runtime);
  const toy = { task: "toy", input: { do: "echo", value: 5 } };
  const accepted = await runtime.submitAll([
    toy,
    { ...toy, pool: "io" },
    { command: ["printf", "x"] },
    { command: ["echo", "y"] },
  ]);
  const jobs = await Promise.all(accepted.map(({ id }) => runtime.wait(id, 30_000)));
  assertEquals(jobs.map((job) => [job?.state, job?.pool]), [
    ["done", "default"],
    ["done", "io"],
    ["done", "io"],
    ["done", "default"],
  ]);
  assertEquals(await runtime.run("toy", { do: "echo", value: 7 }, { pool: "io" }), 7);
  const quick = await runtime.submit({ ...toy, profile: "quick" });
  assertEquals((await runtime.wait(quick.id, 30_000))?.priority, "high");
  await until(() => gathered.of("resized").some(({ pool }) => pool === "io"));
  const worker = new Set(gathered.of("worker").map(({ pool }) => pool));
  assertEquals(worker, new Set(["default", "io"]));
  const refused = await assertRejects(() => runtime.submit({ ...toy, pool: "cpu" }), Refusal);
  assertEquals(refused.message, 'There is no pool "cpu": there is default, io');
  const fetch = async (path: string, init: RequestInit = {}) => {
    const headers = { "content-type": "application/json" };
    const response = await runtime.fetch(
      new Request(`http://localhost/api/v1${path}`, { headers, ...init }),
    );
    return { status: response.status, body: await response.json() };
  };
  const { body: { items } } = await fetch("/pools");
  assertEquals(items.map(({ name }: { name: string }) => name), ["default", "io"]);
  const metrics = await (await runtime.fetch(new Request("http://localhost/metrics"))).text();
  for (
    const name of ["flyball_workers_cap", "flyball_budget_workers", "flyball_pool_queued_jobs"]
  ) {
    const lines = metrics.split("\n").filter((line) => line.startsWith(`${name}{`));
    assertEquals(lines.map((line) => /pool="(\w+)"/.exec(line)?.[1]), ["default", "io"], name);
    assertEquals(metrics.split(`# TYPE ${name} `).length, 2, "one family for all pools");
  }
  const patched = await fetch("/pools/io", { method: "PATCH", body: '{"pinned":2}' });
  assertEquals([patched.status, patched.body.name], [200, "io"]);
  await until(() => runtime.pool("io").status().workers.ready === 2);
  const bad = await fetch("/jobs", { method: "POST", body: '{"command":["true"],"pool":"cpu"}' });
  assertEquals([bad.status, bad.body.code, bad.body.errors[0].pointer], [
    400,
    "unknown_pool",
    "/pool",
  ]);
  assertEquals((await fetch("/pools/cpu")).status, 404);
});

Deno.test("pools: the first worker for jobs that wait has min(32, cores + 4) of them at once", async () => {
  const least = waitingLeast(navigator.hardwareConcurrency);
  await using runtime = await live({
    pools: { io: { workers: { max: 1 } }, fetch: { kind: "io", slots: { max: 1 } } },
  });
  const specs = Array.from({ length: least }, () => ({
    ...{ task: "toy", pool: "io", input: { do: "nap", ms: 60_000, value: 0 } },
  }));
  for (const spec of specs) await runtime.submit(spec);
  await until(() => runtime.pool("io").status().running === least);
  assertEquals(runtime.pool("io").status().workers.ready, 1);
  await until(() => runtime.pool("fetch").status().workers.ready === least);
  await runtime.close({ drainMs: 0 });
});
