/** Operations whose running jobs use more than they should begin no more, over a virtual clock. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { commandGrant } from "../actors/grant.ts";
import { type Job, jobId, viewJob } from "../actors/job.ts";
import { operationKey } from "../actors/turns/keys_of.ts";
import { whyWaits } from "../actors/why.ts";
import type { ProcessRow } from "../actors/ports.ts";
import type { Outcome } from "../messages/outcome.ts";
import type { Thresholds } from "../policies/limits/threshold.ts";
import { fixedAt, gather, live } from "./live.ts";
import { commands } from "./memory_stage.ts";
import { orderOf } from "./orders.ts";
import { SystemStage } from "./system_stage.ts";
import { until } from "./until.ts";

const cpu = (warningCores: number): Thresholds => ({
  memory: null,
  cpu: { warningCores, criticalCores: null, clearCores: null },
});

/** Submits jobs of an operation that are told of when they begin and end. */
function submit(stage: SystemStage, operation: string, count: number, said: string[] = []) {
  const { queue } = stage.system;
  return Array.from({ length: count }, () =>
    queue.submitOne(orderOf({ operation }, {
      keys: [operationKey(operation)],
      ended: (_job: Job, { type }: Outcome) => said.push(`${operation} ${type}`),
    })));
}

Deno.test("throttle: no job is begun above the warning, others go on, and none is dropped", async () => {
  // Each job takes 20 ms of CPU time; eight run at once.
  const stage = new SystemStage({ min: 1, max: 1, part: { jobMs: 20 } });
  const { clock, system } = stage;
  system.meters.operations.adopt({ agent: { thresholds: cpu(0.2) } });
  await clock.advance(100);
  const said: string[] = [];
  const jobs = submit(stage, "agent", 300, said);
  const others = submit(stage, "other", 300, said);
  const alerts = () => stage.facts.flatMap((fact) => fact.type === "alert" ? fact : []);
  /** Jobs of the operation with a worker, before and after each moment, while it is held. */
  let [held, begunWhileHeld, othersWhileHeld] = [0, 0, 0];
  const begun = () => jobs.filter(({ startedMs }) => startedMs > 0).length;
  for (let i = 0; i < 60_000 && jobs.some(({ outcome }) => outcome === null); i++) {
    const isHeld = alerts().at(-1)?.level === "warning";
    const inWorkers = jobs.filter(({ slot, startedMs }) => slot >= 0 && startedMs === 0).length;
    const [before, ended] = [begun(), others.filter(({ outcome }) => outcome !== null).length];
    await clock.advance(10);
    if (!isHeld) continue;
    held++;
    // What lay in a worker already is begun; nothing is sent to one.
    begunWhileHeld += Math.max(0, begun() - before - inWorkers);
    othersWhileHeld += others.filter(({ outcome }) => outcome !== null).length - ended;
    if (held === 1) {
      const waiting = jobs.find(({ state }) => state === "blocked")!;
      const { gate, because } = whyWaits(system, viewJob(waiting, 0));
      assertEquals(gate, "threshold", jobId(waiting.id));
      assertMatch(
        because,
        /^operation agent uses \S+ cores, its warning level is 0.2 cores: its jobs wait until it is below 0.15 cores$/,
      );
      assertEquals(system.meters.operations.status[0]!.level, "warning");
    }
  }
  assertEquals(begunWhileHeld, 0);
  assert(held > 100, `held for ${held} moments`);
  assert(othersWhileHeld > 50, `${othersWhileHeld} others ended meanwhile`);
  assertEquals(said.filter((one) => one === "agent done").length, 300);
  assertEquals(said.filter((one) => one === "other done").length, 300);
  const levels = alerts().map(({ level }) => level);
  assert(levels.length >= 4 && levels.every((level, i) => level === ["warning", "info"][i % 2]));
  await system.stop();
});

Deno.test("throttle: thresholds that are taken away let all go", async () => {
  const stage = new SystemStage({ min: 1, max: 1, part: { jobMs: 20 } });
  const { clock, system } = stage;
  system.meters.operations.adopt({ agent: { thresholds: cpu(0.01) } });
  const jobs = submit(stage, "agent", 1_000);
  await clock.advance(1_000);
  const waits = () => jobs.filter(({ outcome }) => outcome === null).length;
  const before = waits();
  assert(before > 100, `${before} wait`);
  system.cancel(jobs.find(({ state }) => state === "blocked")!, "test");
  system.meters.operations.adopt({});
  await clock.advance(10_000);
  assertEquals([waits(), system.queue.gates.turns.parked], [0, 0]);
  await system.stop();
});

const mib = 2 ** 20;

Deno.test("throttle: memory of commands is that of all their processes, told once at each level", async () => {
  const rows = new Map<number, ProcessRow>();
  const stage = new SystemStage({
    min: 1,
    max: 1,
    part: { jobMs: 60_000 },
    trees: {
      list: () => ({ rows: [...rows.values()], tookMs: 0 }),
      row: (pid) => rows.get(pid) ?? null,
      innerPid: (pid) => pid,
    },
  });
  const { clock, system } = stage;
  const memory = { warningBytes: 120 * mib, criticalBytes: 140 * mib, clearBytes: null };
  system.meters.operations.adopt({ agent: { thresholds: { memory, cpu: null } } });
  const order = () =>
    orderOf({ command: ["x"], operation: "agent" }, {
      operation: { ...commands, grant: commandGrant },
      payload: '{"argv":["x"]}',
      keys: [operationKey("agent")],
    });
  const running = [1, 2].map(() => system.queue.submitOne(order()));
  await clock.advance(500);
  const link = system.pool.links.find(({ grant }) => grant.kind === "command")!;
  const put = (pid: number, parent: number, residentBytes: number) =>
    rows.set(pid, {
      pid,
      parent,
      session: pid,
      startedTicks: pid,
      cpuMs: 0,
      childMs: 0,
      residentBytes,
    });
  put(link.pid!, 1, 0);
  running.forEach((job, i) => {
    put(900 + i, link.pid!, 20 * mib);
    put(950 + i, 900 + i, 10 * mib);
    system.meters.meter.spawned(link, job, 900 + i);
  });
  await clock.advance(1_000);
  for (let use = 20; use <= 70; use++) {
    put(900, link.pid!, use * mib);
    put(901, link.pid!, use * mib);
    await clock.advance(300);
  }
  const levels = () => stage.facts.flatMap((fact) => fact.type === "alert" ? fact.level : []);
  assertEquals(levels(), ["warning", "critical"]);
  const late = system.queue.submitOne(order());
  await clock.advance(5_000);
  assertEquals(late.state, "blocked");
  for (const pid of [900, 901, 950, 951]) rows.delete(pid);
  await clock.advance(1_000);
  assertEquals([levels(), late.slot >= 0], [["warning", "critical", "info"], true]);
  await system.stop();
});

Deno.test("throttle: a configured operation is watched, paused and let go, for real", async () => {
  const thresholds = { cpu: { warningCores: 0.05 } };
  await using runtime = await live({ ...fixedAt(2), operations: { toy: { thresholds } } });
  await using gathered = gather(runtime);
  const burn = () => runtime.submit({ task: "toy", input: { do: "burn", ms: 300 } });
  const codes = () => gathered.of("alert").map(({ code, level }) => `${code} ${level}`);
  let id = "";
  // A look that comes late may miss a short one.
  await until(async () => {
    ({ id } = await burn());
    if ((await runtime.why(id))?.gate === "threshold") return true;
    await runtime.wait(id, 30_000);
    return false;
  });
  assert(codes().includes("operation_cpu warning"), codes().join());
  const [shown] = runtime.status().pools[0]!.thresholds;
  assertEquals([shown?.of, shown?.name, shown?.measure], ["operation", "toy", "cpu"]);
  assertEquals((await runtime.wait(id, 30_000))?.state, "done");
  assert(codes().includes("operation_cpu info"), codes().join());
});
