/**
 * A dispatcher over workers in the test's hand.
 *
 * @module
 */
import { Dispatcher } from "../actors/dispatcher.ts";
import { Footprints } from "../actors/footprints.ts";
import type { Job } from "../actors/job.ts";
import { MemoryWait } from "../actors/memory_wait.ts";
import { Queue } from "../actors/queue.ts";
import { memoryStore } from "../actors/stores/memory.ts";
import { Timeouts } from "../actors/timeouts.ts";
import type { ControlFact } from "../messages/facts.ts";
import { messages } from "../messages/wire.ts";
import { ManualClock } from "./manual_clock.ts";
import { nothing, orderOf } from "./orders.ts";
import { type Puppet, puppet, routerOf } from "./puppet.ts";

const { began, finished } = messages;
const unlimited = { runningMax: null, commandsMax: null };

/** A queue over `count` workers that begin and end jobs when the test says so. */
export function stage(count: number) {
  const clock = new ManualClock();
  const held: Job[][] = Array.from({ length: count }, () => []);
  const puppets: Puppet[] = [];
  const facts: ControlFact[] = [];
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
  const dispatcher = new Dispatcher(
    queue,
    clock,
    { footprints, wait, timeouts: new Timeouts(clock) },
    routerOf(queue, (fact) => void facts.push(fact)),
  );
  for (let worker = 0; worker < count; worker++) {
    const made = puppet(clock, {
      returned: (link, jobs) => {
        dispatcher.returned(link, jobs);
        queue.release(jobs);
      },
      finished: (_link, job, outcome) => {
        dispatcher.left(job);
        queue.settle(job, outcome);
      },
      heard: dispatch,
    }, { seat: worker + 1 });
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
  return { clock, queue, dispatcher, puppets, held, facts, dispatch, serve };
}

/** Workers hear of a job at the end of the turn in which it came. */
export async function submit(queue: Queue, order = orderOf()): Promise<Job> {
  const job = queue.submitOne(order);
  await Promise.resolve();
  return job;
}
