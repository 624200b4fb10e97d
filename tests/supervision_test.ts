/** What fails inside is mended inside: poison jobs, workers that can't start, actors that throw. */
import { assert, assertEquals } from "@std/assert";
import { machines } from "../machines/mod.ts";
import { orderOf } from "./orders.ts";
import { type StageOptions, SystemStage } from "./system_stage.ts";

/** A stage whose workers are ready. */
async function settled(options: StageOptions = {}): Promise<SystemStage> {
  const stage = new SystemStage(options);
  await stage.clock.advance(1_000);
  assertEquals(stage.ready, options.min ?? 1);
  return stage;
}

/** Whether a job that comes now is done within a second. */
async function works(stage: SystemStage): Promise<boolean> {
  const job = stage.system.queue.submitOne(orderOf());
  await stage.clock.advance(1_000);
  return job.outcome?.type === "done";
}

Deno.test("RF11: a poison job among 200 ends dead, and no seat is blamed for it", async () => {
  const part = { diesAt: (payload: unknown) => payload === "poison" };
  const stage = await settled({ min: 4, max: 4, part });
  const before = stage.spawnsMs.length;
  const payload = (n: number) => n === 77 ? '"poison"' : String(n);
  const jobs = Array.from(
    { length: 200 },
    (_, n) => stage.system.queue.submitOne(orderOf({}, { payload: payload(n) })),
  );
  await stage.clock.advance(10_000);
  const others = jobs.filter((_, n) => n !== 77);
  assertEquals(others.filter(({ outcome }) => outcome?.type !== "done").length, 0);
  assertEquals([jobs[77]!.outcome?.type, jobs[77]!.outcome?.code], ["dead", "poison"]);
  // Among others it kills them once; then it dies alone, three times.
  assert(stage.spawnsMs.length - before <= 4, `${stage.spawnsMs.length - before} workers`);
  assertEquals(stage.system.pool.roster.quarantined, []);
  assertEquals(stage.alerts, []);
  assertEquals(stage.ready, 4);
});

Deno.test("RF11: jobs that kill their workers again and again quarantine nothing", async () => {
  const stage = await settled({ min: 1, max: 1, part: { diesAt: () => true } });
  const jobs = Array.from({ length: 10 }, () => stage.system.queue.submitOne(orderOf()));
  await stage.clock.advance(30_000);
  assertEquals(jobs.map(({ outcome }) => outcome?.code), jobs.map(() => "poison"));
  assert(stage.system.pool.roster.lost >= 30);
  assertEquals(stage.system.pool.roster.quarantined, []);
});

Deno.test("RF12: workers that can't be started are tried at most 12 times in a minute", async () => {
  for (const [min, max] of [[1, 24], [8, 8], [1, 1]] as const) {
    const stage = new SystemStage({ min, max, part: { startMs: null } });
    for (let n = 0; n < 20; n++) stage.system.queue.submitOne(orderOf());
    await stage.clock.advance(60_000);
    const { length } = stage.spawnsMs;
    assert(length >= 4 && length <= 12, `${length} starts for ${min} to ${max} workers`);
    assertEquals((stage.system.controller.value as { breaker: string }).breaker, "open");
    assertEquals([stage.ready, stage.alerts.includes("breaker_open")], [0, true]);
    stage.part = {};
    await stage.clock.advance(120_000);
    assert(await works(stage), "works again when workers can be started");
  }
});

Deno.test("RF12: a worker that dies idle is back after its back-off, and in quarantine after five", async () => {
  const stage = await settled({ min: 1, max: 1 });
  const backsMs: number[] = [];
  for (let death = 0; death < 5; death++) {
    const diedMs = stage.clock.nowMs();
    stage.processes.at(-1)!.exit(1);
    while (stage.ready === 0) await stage.clock.advance(1);
    backsMs.push(stage.spawnsMs.at(-1)! - diedMs);
  }
  assertEquals(backsMs, [100, 200, 400, 800, 1_600]);
  stage.processes.at(-1)!.exit(1);
  await stage.clock.advance(299_000);
  assertEquals([stage.ready, stage.spawnsMs.length], [0, 6]);
  assertEquals(stage.alerts, ["seat_quarantined"]);
  assertEquals(stage.system.pool.roster.quarantined.map(({ seat }) => seat), [1]);
  await stage.clock.advance(2_000);
  assertEquals([stage.ready, stage.system.pool.roster.quarantined.length], [1, 0]);
});

Deno.test("RF12: in a larger pool the other seats go on, and the operator can forgive", async () => {
  const stage = await settled({ min: 2, max: 2 });
  const [first, second] = stage.processes;
  first!.exit(1);
  for (let death = 0; death < 5; death++) {
    await stage.clock.advance(2_000);
    stage.processes.at(-1)!.exit(1);
  }
  await stage.clock.advance(20_000);
  assertEquals(stage.ready, 1);
  assert(await works(stage));
  assertEquals(stage.system.pool.links.map(({ pid }) => pid), [second!.pid]);
  stage.system.pool.roster.forgive();
  await stage.clock.advance(100);
  assertEquals(stage.ready, 2);
});

/** Every actor that is kept alive, and the messages it may get. */
const mailboxes: Readonly<Record<string, readonly string[]>> = {
  sampler: ["anything"],
  vigil: ["anything"],
  controller: ["burst", "resized", "startFailed", "startSucceeded", "pause", "resume", "pin"],
  scaling: Object.keys(machines.scaling.config.on!),
  "seat.1": Object.keys(machines.restarts.config.on!),
  "worker.1.1": Object.keys(machines.worker.config.on!),
};

/** Lets the present life of an actor throw at the next message of a type. */
function spoil(stage: SystemStage, id: string, type: string): void {
  const { logic } = stage.actors.get(id) as unknown as {
    logic: { transition(state: unknown, event: { type: string }, scope: unknown): unknown };
  };
  const transition = logic.transition.bind(logic);
  logic.transition = (state, event, scope) => {
    if (event.type !== type) return transition(state, event, scope);
    logic.transition = transition;
    throw new Error(`injected at ${type}`);
  };
}

for (const [id, types] of Object.entries(mailboxes)) {
  Deno.test(`RF13: ${id} throws at each of its messages: the service goes on as it was`, async () => {
    for (const type of types) {
      const stage = await settled({ min: 2, max: 4 });
      stage.system.control({ type: "pin", workers: 3 });
      await stage.clock.advance(500);
      const before = JSON.stringify(stage.system.controller.value);
      spoil(stage, id, type);
      const because = "test";
      const message = { type, because, generation: 1, nowMs: stage.clock.nowMs(), timer: "none" };
      stage.actors.get(id)!.send(message as never);
      await stage.clock.advance(1_000);
      const about = `${id} at ${type}`;
      assertEquals(stage.gaveUp, null, about);
      const { system } = stage;
      const restarts = id.startsWith("worker") ? 0 : 1;
      assertEquals([system.restarts, system.pool.roster.lost], [restarts, 1 - restarts], about);
      assertEquals(JSON.stringify(system.controller.value), before, about);
      assertEquals(stage.ready, 3, about);
      assert(await works(stage), about);
      await stop(stage);
    }
  });
}

Deno.test("RF13: a tick that throws restarts its actor alone", async () => {
  const stage = await settled();
  const { sampler, vigil, controller } = stage.system;
  for (
    const [id, object, method] of [
      ["sampler", sampler, "sample"],
      ["vigil", vigil, "look"],
      ["controller", controller, "evaluate"],
    ] as const
  ) {
    const life = stage.actors.get(id);
    const target = object as unknown as Record<string, unknown>;
    target[method] = () => {
      delete target[method];
      throw new Error(`${id} ticks wrongly`);
    };
    await stage.clock.advance(1_100);
    assert(stage.actors.get(id) !== life, id);
    assert(await works(stage), id);
  }
  assertEquals([stage.gaveUp, stage.system.restarts], [null, 3]);
  assertEquals(stage.alerts, ["actor_restarted", "actor_restarted", "actor_restarted"]);
  await stop(stage);
});

Deno.test("RF1: an idle worker that is killed 20 times is back within a second each time", async () => {
  const stage = await settled({ min: 1, max: 1 });
  for (let death = 0; death < 20; death++) {
    stage.processes.at(-1)!.exit(137, "SIGKILL");
    await stage.clock.advance(1_000);
    assertEquals([death, stage.ready, stage.spawnsMs.length], [death, 1, death + 2]);
  }
  assertEquals([stage.system.pool.roster.lost, stage.alerts], [20, []]);
  // What it does to itself is another matter.
  for (let death = 0; death < 6; death++) {
    stage.processes.at(-1)!.exit(139, "SIGSEGV");
    await stage.clock.advance(4_000);
  }
  assertEquals([stage.ready, stage.alerts], [0, ["seat_quarantined"]]);
  await stop(stage);
});

Deno.test("RF13: what fails again and again reaches the root, which gives up", async () => {
  const stage = await settled();
  let failures = 0;
  while (stage.gaveUp === null) {
    spoil(stage, "controller", "resume");
    stage.system.control({ type: "resume" });
    assert(++failures <= 16, "the budgets of both levels together");
  }
  assertEquals(failures, 16);
  assert(/^control failed 4 times .* controller failed 4 times/.test(stage.gaveUp), stage.gaveUp);
  // The machines of the workers are gone too; the workers themselves can still be ended.
  stage.system.pool.kill();
  await stage.clock.advance(100);
  assertEquals(stage.system.pool.roster.size, 0);
  await stop(stage);
});

async function stop(stage: SystemStage): Promise<void> {
  await stage.system.stop();
}
