/**
 * The wiring: which actor hears what of which, and in what order they start and stop.
 *
 * @module
 */
import type { InspectionEvent } from "xstate";
import type { ControllerMessage } from "../messages/mailboxes.ts";
import type { Guard } from "../policies/constraints/mod.ts";
import type { Stepper } from "../policies/scaling/mod.ts";
import { record } from "../policies/estimators/histogram.ts";
import { Controller } from "./controller.ts";
import type { Job } from "./job.ts";
import { Journal } from "./journal.ts";
import { loop } from "./loop.ts";
import { Metrics } from "./metrics.ts";
import { Pool, type PoolOptions } from "./pool.ts";
import type { Ports } from "./ports.ts";
import { Pulse } from "./pulse.ts";
import { Queue, type QueueLimits } from "./queue.ts";
import { Sampler } from "./sampler.ts";
import { supervise, type Supervisor } from "./supervisor.ts";
import { Vigil } from "./vigil.ts";
import type { WorkerLink } from "./worker.ts";
import type { WorkerListener } from "./worker_listener.ts";

/** What a system is made with. */
export interface SystemOptions {
  readonly pool: PoolOptions;
  readonly limits: QueueLimits;
  readonly policies: readonly Stepper[];
  readonly guards: readonly Guard[];
  readonly inspect: (event: InspectionEvent) => void;
  readonly gaveUp: (because: string) => void;
}

/** All actors of a runtime. */
export interface System {
  readonly ports: Ports;
  readonly journal: Journal;
  readonly metrics: Metrics;
  readonly queue: Queue;
  readonly pool: Pool;
  readonly sampler: Sampler;
  readonly controller: Controller;
  readonly vigil: Vigil;
  /** Sends to the controller's mailbox. */
  readonly control: { send(message: ControllerMessage): void };
  /** Latest change of the pool's size. */
  readonly lastResize: () => Resize | null;
  /** Ends a job wherever it is. */
  cancel(job: Job, because: string): void;
  /** Stops every actor; the store and the host stay open. */
  stop(): void;
}

/** A change of the pool's size. */
export interface Resize {
  readonly at: number;
  readonly from: number;
  readonly to: number;
  readonly because: string;
  readonly decision: number;
}

/** Decisions of one start of the service. */
const decisionsPerEpoch = 1_000_000;

/** Starts all actors of a runtime. */
export function startSystem(ports: Ports, options: SystemOptions): System {
  const { clock, host, store } = ports;
  const journal = new Journal(store, clock);
  const metrics = new Metrics();
  const sampler = new Sampler(clock, host);
  const pulse = new Pulse(clock, host);
  let resize: Resize | null = null;

  const supervisor = supervise(clock, options.inspect, {
    restarted: (id, because) =>
      journal.note({
        type: "alert",
        level: "warning",
        code: "actor_restarted",
        message: `${id} failed and was started again: ${because}`,
      }),
    gaveUp: options.gaveUp,
  });

  const control = { send: (message: ControllerMessage) => supervisor.send("controller", message) };

  const queue = new Queue(ports, options.limits, {
    accepted(jobs) {
      metrics.accepted += jobs.length;
      journal.moved("accepted", jobs);
    },
    requeued: (jobs) => journal.moved("requeued", jobs),
    ended(job, outcome) {
      metrics.count(job, outcome, clock.nowMs());
      journal.ended(job, outcome.type);
    },
    ready(lane) {
      pool.dispatch(lane);
      if (lane.queued > burst) control.send({ type: "burst" });
    },
  });

  const pool: Pool = new Pool(
    options.pool,
    ports,
    queue,
    supervisor.root,
    {
      resized(from, to, decision, trigger) {
        resize = { at: clock.wallMs(), from, to, because: trigger, decision };
        const { name } = options.pool;
        journal.note({ type: "resized", pool: name, from, actual: to, decision, trigger });
        control.send({ type: "resized", workers: to });
      },
      worker: (link, state, because) =>
        journal.note({
          type: "worker",
          pool: options.pool.name,
          seat: link.seat,
          generation: link.generation,
          pid: link.pid,
          state,
          because,
        }),
      startFailed: (because) => control.send({ type: "startFailed", because }),
      startSucceeded(tookMs) {
        record(metrics.startMs, tookMs);
        control.send({ type: "startSucceeded" });
      },
    },
    listenTo(() => ({ queue, pool, journal, vigil })),
    sampler.latest.cores,
  );

  const vigil = new Vigil(clock, host, {
    links: () => pool.roster.links,
    condemn: (link, because) => pool.roster.tell(link, { type: "condemn", because }),
    drain: (link, because) => pool.roster.tell(link, { type: "drain", because }),
  });

  const controller = new Controller(
    { pool: options.pool.name, policies: options.policies, guards: options.guards },
    clock,
    store.kind === "memory" ? 1 : (store.epoch - 1) * decisionsPerEpoch + 1,
    {
      read: () => pulse.take(pool, queue, metrics, sampler),
      adopt: (decision, envelope) => pool.adopt(decision, envelope),
      note: (fact) => journal.note(fact),
    },
  );

  supervisor.keep({ id: "sampler", logic: sampler.logic() });
  supervisor.keep({
    id: "vigil",
    logic: loop(clock, ({ every }) => every(1_000, () => vigil.look())),
  });
  supervisor.keep({ id: "controller", logic: controller.logic(supervisor.root) });

  return {
    ports,
    journal,
    metrics,
    queue,
    pool,
    sampler,
    controller,
    vigil,
    control,
    lastResize: () => resize,
    cancel(job, because) {
      queue.cancel(job, because);
      if (job.outcome || job.slot < 0) return;
      const link = pool.roster.links.find((candidate) => candidate.has(job));
      if (link) vigil.asked(link, job, because);
    },
    stop: () => stopAll(supervisor, vigil, queue),
  };
}

/** Jobs that come at once and are worth asking the policies out of turn. */
const burst = 16;

function stopAll(supervisor: Supervisor, vigil: Vigil, queue: Queue): void {
  queue.close();
  vigil.close();
  supervisor.stop();
}

/** What follows from what a worker does. */
function listenTo(
  parts: () => {
    readonly queue: Queue;
    readonly pool: Pool;
    readonly journal: Journal;
    readonly vigil: Vigil;
  },
): WorkerListener {
  const redispatch = (link: WorkerLink) => {
    const { queue, pool } = parts();
    const lane = queue.lanes.get(link.grant.key);
    if (lane && lane.queued > 0) pool.dispatch(lane);
  };
  return {
    connected: () => {},
    ready(link) {
      parts().pool.welcomed(link);
      redispatch(link);
    },
    began(link, jobs) {
      const { journal, vigil } = parts();
      journal.moved("began", jobs);
      vigil.began(link);
    },
    returned(_link, jobs) {
      const { queue, pool } = parts();
      for (const job of jobs) pool.left(job);
      queue.release(jobs);
    },
    finished(_link, job, outcome) {
      const { queue, pool } = parts();
      pool.left(job);
      queue.settle(job, outcome);
    },
    told: () => {},
    heard(link) {
      redispatch(link);
      parts().pool.heard(link);
    },
    garbage(link, because) {
      const { pool } = parts();
      pool.roster.tell(link, { type: "condemn", because: `protocol_error: ${because}` });
    },
    gone(link, exit, because) {
      const { queue, pool } = parts();
      const { begun, unbegun } = link.strand();
      for (const job of begun) pool.left(job);
      for (const job of unbegun) pool.left(job);
      pool.roster.exited(link, exit, because);
      queue.release(unbegun);
      queue.lose(begun, link.culprit, link.name, because);
    },
  };
}
