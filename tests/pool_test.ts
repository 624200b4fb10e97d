/** When a pool looks whether it has the right workers. */
import { assert, assertEquals } from "@std/assert";
import { Dispatcher } from "../actors/dispatcher.ts";
import { Footprints } from "../actors/footprints.ts";
import type { Order } from "../actors/job.ts";
import { MemoryWait } from "../actors/memory_wait.ts";
import { Pool } from "../actors/pool.ts";
import type { Grant, Ports, WorkerEvents } from "../actors/ports.ts";
import { Queue } from "../actors/queue.ts";
import { memoryStore } from "../actors/stores/memory.ts";
import { Supervisor } from "../actors/supervisor.ts";
import { Timeouts } from "../actors/timeouts.ts";
import type { WorkerLink } from "../actors/worker.ts";
import type { WorkerListener } from "../actors/worker_listener.ts";
import type { Envelope } from "../messages/decision.ts";
import { messages } from "../messages/wire.ts";
import { ManualClock } from "./manual_clock.ts";
import { nothing, orderOf, task } from "./orders.ts";
import { deaf, routerOf } from "./puppet.ts";
import { stillTrees } from "./still_trees.ts";

const room: Envelope = {
  floor: 1,
  cap: 2,
  runningMax: null,
  commandsMax: null,
  spawn: null,
  keepAliveMs: 60_000,
};

type Listener = WorkerListener<WorkerLink>;

/** A pool whose workers are ready at once and never answer; it hears them only if it `hears`. */
function stage(envelope = room, hears = false, slots = 1) {
  const clock = new ManualClock();
  const started: string[] = [];
  const workers: WorkerEvents[] = [];
  const ports: Ports = {
    trees: stillTrees(),
    clock,
    random: { unit: () => 1 },
    host: null as unknown as Ports["host"],
    store: memoryStore(),
    processes: {
      spawn({ grant }, events: WorkerEvents) {
        started.push(grant.key);
        workers.push(events);
        return { pid: 100, queuedBytes: 0, send: () => {}, kill: () => {}, left: () => {} };
      },
      sweep: () => 0,
      close: () => {},
    },
  };
  const queue: Queue = new Queue(ports, { jobsMax: 1e4, bytesMax: 1e9 }, {
    accepted: () => {},
    requeued: () => {},
    ended: () => {},
    overdue: () => {},
    ready: (lane) => pool.dispatch(lane),
  });
  const footprints = new Footprints(clock);
  const wait = new MemoryWait(footprints, clock, (lane) => pool.dispatch(lane));
  const dispatcher = new Dispatcher(queue, clock, {
    footprints,
    wait,
    timeouts: new Timeouts(clock),
  }, routerOf(queue));
  const quiet = () => {};
  const supervisor = new Supervisor("root", clock, { restarted: quiet, gaveUp: quiet })
    .start(quiet);
  const pool: Pool = new Pool(
    {
      name: "default",
      slots: { tasks: slots, commands: 1 },
      homeGrant: () => nothing,
      tasksOf: () => [],
    },
    { ports, queue, dispatcher, supervisor },
    {
      resized: quiet,
      worker: quiet,
      startFailed: quiet,
      startSucceeded: quiet,
      seatClosed: quiet,
    },
    {
      ...deaf,
      ready: (link) => pool.welcomed(link),
      ...(hears && { heard: (link) => pool.heard(link) } satisfies Partial<Listener>),
    },
    8,
  );
  pool.adopt(1, envelope);
  for (const events of workers) {
    events.connected(100);
    events.frame([messages.ready.kind]);
  }
  return { clock, pool, queue, started, workers };
}

const growing: Envelope = {
  ...room,
  cap: 4,
  spawn: { lagMs: 40, backlogMs: 15, queuePer: 1 },
  keepAliveMs: 2_000,
};

const other: Grant = { ...nothing, key: "other" };
const elsewhere = orderOf({}, { operation: { ...task, number: 2, grant: other } });

/** The pool hears of a job at the end of the turn in which it came. */
async function submit(queue: Queue, order: Order): Promise<void> {
  queue.submitOne(order);
  await Promise.resolve();
}

Deno.test("pool: workers of one grant know of each other how short their jobs are", async () => {
  const { pool, queue, workers } = stage({ ...room, floor: 2, cap: 3 }, true, 8);
  const rooms = () => pool.links.map(({ room }) => room);
  await submit(queue, elsewhere);
  workers[2]!.connected(100);
  workers[2]!.frame([messages.ready.kind]);
  assertEquals(rooms(), [1, 1, 1]);
  await submit(queue, orderOf());
  const busy = pool.links.findIndex(({ idle }) => !idle);
  workers[busy]!.frame([messages.began.kind, 1, 0.5, messages.finished.kind, 0, 0, null, 0.5]);
  assertEquals(rooms().toSorted(), [1, 2, 3]);
});

Deno.test("pool: looks once for many jobs that begin to wait together", async () => {
  const { clock, pool, queue } = stage();
  let looks = 0;
  const look = pool.view.bind(pool);
  pool.view = (nowMs) => (looks++, look(nowMs));
  for (let ms = 0; ms < 20; ms++) {
    for (let i = 0; i < 100; i++) queue.submitOne(orderOf());
    await clock.advance(1);
  }
  assertEquals(queue.queued, 1_999);
  assert(looks >= 2 && looks <= 6, `${looks} looks in 20 ms`);
});

Deno.test("pool: the first job that waits is seen to at once", async () => {
  const { queue, started } = stage();
  await submit(queue, elsewhere);
  assertEquals(started, ["nothing", "other"]);
});

Deno.test("pool: one that waits for other workers just after a look is seen to soon", async () => {
  const { clock, queue, started } = stage();
  for (let i = 0; i < 3; i++) await submit(queue, orderOf());
  await clock.advance(1);
  await submit(queue, elsewhere);
  assertEquals(started, ["nothing"]);
  await clock.advance(4);
  assertEquals(started, ["nothing", "other"]);
});

Deno.test("pool: a job that waits while an idle worker is timed gets its worker in time", async () => {
  const { clock, queue, started } = stage(growing, true);
  await submit(queue, orderOf());
  await clock.advance(500);
  await submit(queue, orderOf());
  assertEquals(started, ["nothing"]);
  await clock.advance(15);
  assertEquals(started, ["nothing", "nothing"], "the backlog has lasted 15 ms");
});

Deno.test("pool: a backlog begins with the first job that waits", async () => {
  const { clock, pool, queue } = stage(growing, true);
  await submit(queue, orderOf());
  assertEquals(pool.view(0).backlogSinceMs, null, "it has its worker");
  await clock.advance(500);
  await submit(queue, orderOf());
  await clock.advance(3);
  assertEquals(pool.view(clock.nowMs()).backlogSinceMs, 500);
});
