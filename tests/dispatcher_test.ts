/** Who gets the jobs that wait, and how a job comes to a worker of its own. */
import { assert, assertEquals } from "@std/assert";
import { Dispatcher } from "../actors/dispatcher.ts";
import { Footprints } from "../actors/footprints.ts";
import type { Job, Order } from "../actors/job.ts";
import { MemoryWait } from "../actors/memory_wait.ts";
import { Queue } from "../actors/queue.ts";
import { memoryStore } from "../actors/stores/memory.ts";
import { messages } from "../messages/wire.ts";
import { ManualClock } from "./manual_clock.ts";
import { nothing, orderOf } from "./orders.ts";
import { type Puppet, puppet } from "./puppet.ts";

const { began, finished, returned } = messages;
const unlimited = { runningMax: null, commandsMax: null };

/** A queue over `count` workers that begin and end jobs when the test says so. */
function stage(count: number) {
  const clock = new ManualClock();
  const held: Job[][] = Array.from({ length: count }, () => []);
  const puppets: Puppet[] = [];
  const dispatch = () =>
    dispatcher.dispatch(queue.lane(nothing), puppets.map(({ link }) => link), unlimited);
  const queue: Queue = new Queue(
    { clock, random: { unit: () => 1 }, store: memoryStore() },
    { jobsMax: 1_000, bytesMax: 1e9 },
    {
      accepted: () => {},
      requeued: () => {},
      ended: () => {},
      overdue: () => {},
      ready: dispatch,
    },
  );
  const footprints = new Footprints(clock);
  const wait = new MemoryWait(footprints, clock, dispatch);
  const dispatcher = new Dispatcher(queue, clock, { footprints, wait });
  for (let worker = 0; worker < count; worker++) {
    const made = puppet(clock, {
      returned: (_link, jobs) => {
        for (const job of jobs) dispatcher.left(job);
        queue.release(jobs);
      },
      finished: (_link, job, outcome) => {
        dispatcher.left(job);
        queue.settle(job, outcome);
      },
      heard: dispatch,
    });
    const send = made.link.send.bind(made.link);
    made.link.send = (job, nowMs) => {
      held[worker]!.push(job);
      send(job, nowMs);
    };
    puppets.push(made);
  }
  /** A worker begins all it has and ends the first of them. */
  const serve = (worker: number) => {
    const { link, say } = puppets[worker]!;
    if (link.unbegun > 0) say(began.kind, link.unbegun, 0.5 * link.unbegun);
    const first = held[worker]!.shift();
    if (first) say(finished.kind, first.slot, 0, null, 0.5);
  };
  return { queue, puppets, held, dispatch, serve };
}

const alone: Partial<Order> = { limits: { cpuCores: 1 } };

/** Workers hear of a job at the end of the turn in which it came. */
async function submit(queue: Queue, order: Order): Promise<Job> {
  const job = queue.submitOne(order);
  await Promise.resolve();
  return job;
}

Deno.test("dispatcher: a job that runs alone gets its worker from a pool that is never idle", async () => {
  const { queue, puppets, held, serve } = stage(2);
  for (let i = 0; i < 100; i++) await submit(queue, orderOf());
  for (let turn = 0; turn < 10; turn++) serve(turn % 2);
  const lone = await submit(queue, orderOf({}, alone));
  const isOut = () => puppets.findIndex(({ link }) => link.has(lone));
  for (let turn = 0; turn < 40 && isOut() < 0; turn++) {
    serve(turn % 2);
    await submit(queue, orderOf());
  }
  const own = isOut();
  assert(own >= 0, "it was given a worker");
  const other = 1 - own;
  for (let turn = 0; turn < 10; turn++) serve(other);
  assertEquals(held[own], [lone], "nothing else is sent there");
  serve(own);
  assertEquals(lone.state, "done");
  assert(held[own]!.length > 0 && !puppets[own]!.link.exclusive, "it takes others again");
});

Deno.test("dispatcher: a worker kept for a job that is cancelled takes others again", async () => {
  const { queue, puppets: [one], held, serve } = stage(1);
  await submit(queue, orderOf());
  const lone = await submit(queue, orderOf({}, alone));
  await submit(queue, orderOf());
  assertEquals([held[0]!.length, one!.link.room], [1, 0]);
  queue.cancel(lone, "enough");
  assertEquals(one!.link.room, 0, "its credit is used");
  one!.say(began.kind, 1, 0.5);
  assertEquals(held[0]!.length, 2, "beside the one that runs");
  serve(0);
  serve(0);
  assertEquals([queue.open.size, one!.link.idle], [0, true]);
});

Deno.test("dispatcher: a worker whose only job came back unbegun takes others again", async () => {
  const { queue, puppets: [one], held } = stage(1);
  const lone = await submit(queue, orderOf({}, alone));
  await submit(queue, orderOf());
  assertEquals([held[0], one!.link.exclusive], [[lone], true]);
  queue.cancel(lone, "enough");
  held[0]!.length = 0;
  one!.say(returned.kind, [lone.slot]);
  assertEquals([lone.state, one!.link.exclusive, held[0]!.length], ["cancelled", false, 1]);
});
