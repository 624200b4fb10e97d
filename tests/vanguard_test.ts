/** A first worker that starts before its pool asks for it. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { composeConfig } from "../actors/config.ts";
import { commandGrant } from "../actors/grant.ts";
import { openGround } from "../actors/ground.ts";
import type { Grant, Processes, WorkerEvents, WorkerProcess } from "../actors/ports.ts";
import { taskFile } from "../actors/task_file.ts";
import { Refusal } from "../actors/refusal.ts";
import { Vanguard } from "../actors/vanguard.ts";
import { nearest } from "./chaos/family.ts";
import { tempFolder } from "./live.ts";
import { until } from "./until.ts";

const place = { seat: 1, generation: 1, grant: commandGrant };
const otherGrant: Grant = { ...commandGrant, key: "other" };

/** Our worker processes that live and have their folders in `data`: other tests have workers too. */
const workersOf = (data: string) =>
  nearest(Deno.pid, (pid) => {
    try {
      const words = Deno.readTextFileSync(`/proc/${pid}/cmdline`);
      return words.includes("/worker/main") && words.includes(data);
    } catch {
      return false;
    }
  });

/** Processes that do nothing by themselves. */
function still() {
  const spawned: { readonly name: string; readonly events: WorkerEvents; killed: boolean }[] = [];
  const processes: Processes = {
    spawn({ seat, generation, grant }, events): WorkerProcess {
      const one = { name: `${seat}.${generation} ${grant.key}`, events, killed: false };
      spawned.push(one);
      const kill = () => void (one.killed = true);
      return { pid: spawned.length, send() {}, queuedBytes: 0, kill, left() {} };
    },
    sweep: () => 7,
    close() {},
  };
  return { processes, spawned };
}

/** Writes down what it hears. */
function listening() {
  const heard: string[] = [];
  const events: WorkerEvents = {
    connected: (pid) => heard.push(`connected ${pid}`),
    frame: (batch) => heard.push(`frame ${batch}`),
    garbage: (because) => heard.push(`garbage ${because}`),
    exited: ({ code }) => heard.push(`exited ${code}`),
    failed: (because) => heard.push(`failed ${because}`),
  };
  return { heard, events };
}

Deno.test("vanguard: hands its process over with all that it has said, and in order", async () => {
  const { processes, spawned } = still();
  let nowMs = 100;
  const vanguard = new Vanguard(processes, place, { nowMs: () => nowMs });
  const { events } = spawned[0]!;
  nowMs = 130;
  events.connected(5);
  events.frame([21]);
  nowMs = 170;
  const { heard, events: own } = listening();
  const process = vanguard.spawn(place, own);
  assertEquals([process.pid, process.aheadMs, heard], [1, 30, []], "who has no process hears none");
  events.frame([22]);
  assertEquals(heard, []);
  await Promise.resolve();
  events.exited({ code: 3, signal: null, stderrTail: "" });
  assertEquals(heard, ["connected 5", "frame 21", "frame 22", "exited 3"]);
  assertEquals(spawned.length, 1);
});

Deno.test("vanguard: a process that is still starting has been so for a time", () => {
  const { processes } = still();
  let nowMs = 100;
  const vanguard = new Vanguard(processes, place, { nowMs: () => nowMs });
  nowMs = 115;
  assertEquals(vanguard.spawn(place, listening().events).aheadMs, 15);
});

Deno.test("vanguard: who asks for another worker gets another, and nobody the same twice", () => {
  const { processes, spawned } = still();
  const vanguard = new Vanguard(processes, place, { nowMs: () => 0 });
  const { events } = listening();
  vanguard.spawn({ ...place, seat: 2 }, events);
  vanguard.spawn({ ...place, generation: 2 }, events);
  vanguard.spawn({ ...place, grant: otherGrant }, events);
  assertEquals(vanguard.spawn(place, events).pid, 1);
  assertEquals(vanguard.spawn(place, events).pid, 5);
  assertEquals(spawned.map(({ name }) => name), [
    ...["1.1 command", "2.1 command", "1.2 command", "1.1 other", "1.1 command"],
  ]);
  assertEquals(vanguard.sweep(), 7);
});

Deno.test("vanguard: what nobody has asked for is ended, what was handed over is not", async () => {
  const { processes, spawned } = still();
  const unwanted = new Vanguard(processes, place, { nowMs: () => 0 });
  let isOver = false;
  const dismissing = unwanted.dismiss().then(() => isOver = true);
  await Promise.resolve();
  assertEquals([spawned[0]!.killed, isOver], [true, false]);
  spawned[0]!.events.exited({ code: 137, signal: "SIGKILL", stderrTail: "" });
  await dismissing;
  assertEquals(unwanted.spawn(place, listening().events).pid, 2);

  const wanted = new Vanguard(processes, place, { nowMs: () => 0 });
  wanted.spawn(place, listening().events);
  await wanted.dismiss();
  assertEquals(spawned[2]!.killed, false);
});

Deno.test("vanguard: one that could not be started says so to who asks for it", async () => {
  const { processes, spawned } = still();
  const vanguard = new Vanguard(processes, place, { nowMs: () => 0 });
  spawned[0]!.events.failed("no memory");
  const { heard, events } = listening();
  vanguard.spawn(place, events);
  await Promise.resolve();
  assertEquals(heard, ["failed no memory"]);
});

Deno.test("ground: starts a worker for commands, and takes it along when it is closed", async () => {
  await using folder = await tempFolder();
  const config = composeConfig([]);
  const ground = await openGround({ data: folder.path }, config);
  const { processes, store } = ground.ports;
  assert(processes instanceof Vanguard);
  await until(() => workersOf(folder.path).length === 1);
  await ground.close();
  await store.close();
  assertEquals(workersOf(folder.path), []);
});

Deno.test("ground: starts no worker where the first one may be another, or none", async () => {
  const none = { pools: { default: { workers: { min: 0 } } } };
  for (
    const [tasks, values] of [[{}, none], [{
      nap: taskFile(import.meta.resolve("../examples/tasks/sleep.ts")),
    }, {}]] as const
  ) {
    const config = composeConfig([{ name: "test", values }]);
    const ground = await openGround({ tasks }, config);
    assert(!(ground.ports.processes instanceof Vanguard));
    await ground.close();
    await ground.ports.store.close();
  }
});

Deno.test("ground: where the host can't be had, the store is closed again", async () => {
  await using folder = await tempFolder();
  const config = composeConfig([{ name: "test", values: {} }]);
  await Deno.writeTextFile(`${folder.path}/trash`, "where a folder has to be");
  const inTheWay = `cannot use data directory ${folder.path}: File exists`;
  await assertRejects(() => openGround({ data: folder.path }, config), Refusal, inTheWay);
  await Deno.remove(`${folder.path}/trash`);
  const ground = await openGround({ data: folder.path }, config);
  await ground.close();
  await ground.ports.store.close();
});
