/** Who gets the jobs that wait, and how a job comes to a worker of its own. */
import { assert, assertEquals } from "@std/assert";
import { Dispatcher } from "../actors/dispatcher.ts";
import { Footprints } from "../actors/footprints.ts";
import type { Job, Order } from "../actors/job.ts";
import { MemoryWait } from "../actors/memory_wait.ts";
import { Queue } from "../actors/queue.ts";
import { Timeouts } from "../actors/timeouts.ts";
import type { WorkerLink } from "../actors/worker.ts";
import { memoryStore } from "../actors/stores/memory.ts";
import { messages } from "../messages/wire.ts";
import { stage, submit } from "./dispatcher_stage.ts";
import { ManualClock } from "./manual_clock.ts";
import { nothing, orderOf, task } from "./orders.ts";
import { puppet, routerOf } from "./puppet.ts";

const { began, finished, returned } = messages;

const alone: Partial<Order> = { limits: { cpuCores: 1 } };

Deno.test("dispatcher: a job that runs alone gets its worker from a pool that is never idle", async () => {
  const { queue, puppets, held, serve } = stage(2);
  for (let i = 0; i < 100; i++) await submit(queue, orderOf());
  for (let turn = 0; turn < 10; turn++) serve(turn % 2);
  const lone = await submit(queue, orderOf({}, alone));
  const isOut = () => puppets.findIndex(({ link }) => link.slots.has(lone));
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

/** A queue over one worker for each of two grants, that has at most `runningMax` jobs at once. */
function rivals(runningMax: number | null) {
  const limits: { runningMax: number | null; commandsMax: null } = {
    runningMax,
    commandsMax: null,
  };
  const clock = new ManualClock();
  const grants = ["one", "other"].map((key) => ({ ...nothing, key }));
  const sent: Job[] = [];
  const links: WorkerLink[] = [];
  const queue: Queue = new Queue(
    { clock, random: { unit: () => 1 }, store: memoryStore() },
    { jobsMax: 10_000, bytesMax: 1e9 },
    {
      accepted: () => {},
      requeued: () => {},
      ended: () => {},
      overdue: () => {},
      ready: (lane) => dispatcher.dispatch(lane, links, limits),
    },
  );
  const footprints = new Footprints(clock);
  const wait = new MemoryWait(footprints, clock, () => {});
  const dispatcher = new Dispatcher(queue, clock, {
    footprints,
    wait,
    timeouts: new Timeouts(clock),
  }, routerOf(queue));
  const puppets = grants.map((grant) =>
    puppet(clock, {
      returned: () => {},
      finished: (_link, job, outcome) => {
        dispatcher.left(job);
        queue.settle(job, outcome);
      },
      heard: ({ grant }) => dispatcher.dispatch(queue.lane(grant), links, limits),
    }, { grant })
  );
  for (const { link } of puppets) {
    links.push(link);
    const send = link.send.bind(link);
    link.send = (job, nowMs) => {
      sent.push(job);
      send(job, nowMs);
    };
  }
  /** Jobs of a lane of so many ms age. */
  const put = (lane: 0 | 1, part: Partial<Order> = {}, spec: Order["spec"] = {}) =>
    queue.submitOne(orderOf(spec, { operation: { ...task, grant: grants[lane]! }, ...part }));
  /** The oldest job in a worker ends. */
  const end = async () => {
    const job = sent.find(({ outcome }) => outcome === null)!;
    const { say } = puppets.find(({ link }) => link.slots.has(job))!;
    if (job.state === "waiting") say(began.kind, 1, 0.5);
    say(finished.kind, job.slot, 0, null, 0.5);
    await clock.advance(0);
  };
  return { clock, queue, dispatcher, limits, sent, put, end };
}

Deno.test("dispatcher: a place that is free again goes to whichever lane waits for it", async () => {
  const { clock, sent, put, end } = rivals(1);
  const first = put(0);
  await clock.advance(1);
  const second = put(1);
  await clock.advance(1);
  assertEquals(sent, [first]);
  await end();
  assertEquals(sent, [first, second]);
});

Deno.test("dispatcher: lanes that wait for the same places take turns by class, then by age", async () => {
  const { clock, sent, put, end } = rivals(1);
  const jobs: Job[] = [];
  for (const lane of [0, 0, 1, 0, 1] as const) {
    jobs.push(put(lane));
    await clock.advance(1);
  }
  const high = put(1, {}, { priority: "high" });
  await clock.advance(1);
  for (let i = 0; i < 5; i++) await end();
  assertEquals(sent, [jobs[0], high, ...jobs.slice(1)]);
});

Deno.test("dispatcher: jobs that run alone heed the limit too", async () => {
  const { clock, dispatcher, limits, queue, sent, put } = rivals(0);
  const lone = put(0, alone);
  await clock.advance(1);
  assertEquals(sent, []);
  assert(dispatcher.limited(limits));
  limits.runningMax = null;
  queue.wake.soon(queue.lane(lone.operation.grant));
  await clock.advance(1);
  assertEquals(sent, [lone]);
});
