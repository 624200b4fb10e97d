/**
 * The wiring: which actor hears what of which, and in what order they start and stop.
 *
 * @module
 */
import type { InspectionEvent } from "xstate";
import type { ControllerMessage } from "../messages/mailboxes.ts";
import type { Guard } from "../policies/constraints/mod.ts";
import { record } from "../policies/estimators/histogram.ts";
import type { Stepper } from "../policies/scaling/mod.ts";
import { Controller } from "./controller.ts";
import type { Job } from "./job.ts";
import { Journal } from "./journal.ts";
import { linkListener } from "./link_listener.ts";
import { loop } from "./loop.ts";
import { Metrics } from "./metrics.ts";
import { Pool, type PoolListener, type PoolOptions } from "./pool.ts";
import type { Ports } from "./ports.ts";
import { Pulse } from "./pulse.ts";
import { Queue } from "./queue.ts";
import type { QueueLimits, QueueListener } from "./queue_listener.ts";
import { Sampler } from "./sampler.ts";
import { supervise, type Supervisor } from "./supervisor.ts";
import { Vigil } from "./vigil.ts";

/** What a system is made with. */
export interface SystemOptions {
  readonly pool: PoolOptions;
  readonly limits: QueueLimits;
  readonly policies: readonly Stepper[];
  readonly guards: readonly Guard[];
  readonly inspect: (event: InspectionEvent) => void;
  readonly gaveUp: (because: string) => void;
}

/** A change of the pool's size. */
export interface Resize {
  /** Epoch ms. */
  readonly at: number;
  readonly from: number;
  readonly to: number;
  readonly because: string;
  readonly decision: number;
}

/** Decisions of one start of the service. */
const decisionsPerEpoch = 1_000_000;
/** Jobs that wait at once and are worth asking the policies out of turn. */
const burst = 16;

/** All actors of a runtime. */
export class System {
  readonly ports: Ports;
  readonly journal: Journal;
  readonly metrics = new Metrics();
  readonly sampler: Sampler;
  readonly queue: Queue;
  readonly pool: Pool;
  readonly vigil: Vigil;
  readonly controller: Controller;
  /** Latest change of the pool's size. */
  lastResize: Resize | null = null;
  /** More waits than can be left to the policies' own rhythm; they have been told. */
  #bursting = false;
  readonly #supervisor: Supervisor;

  /** Starts all actors: supervisor, sampler, vigil, then the controller, who gives the pool room. */
  constructor(ports: Ports, options: SystemOptions) {
    const { clock, host, store } = ports;
    this.ports = ports;
    this.journal = new Journal(store, clock);
    this.sampler = new Sampler(clock, host);
    this.#supervisor = supervise(clock, options.inspect, {
      restarted: (id, because) => this.#alert("actor_restarted", `${id} failed: ${because}`),
      gaveUp: options.gaveUp,
    });
    this.queue = new Queue(ports, options.limits, this.#queueListener());
    this.pool = new Pool(
      options.pool,
      { ports, queue: this.queue, parent: this.#supervisor.root },
      this.#poolListener(options.pool.name),
      linkListener(this),
      this.sampler.latest.cores,
    );
    this.vigil = new Vigil(clock, host, {
      links: () => this.pool.roster.links,
      condemn: (link, because) => this.pool.roster.tell(link, { type: "condemn", because }),
      drain: (link, because) => this.pool.roster.tell(link, { type: "drain", because }),
    });
    const pulse = new Pulse(clock, host);
    this.controller = new Controller(
      { pool: options.pool.name, policies: options.policies, guards: options.guards },
      clock,
      (store.epoch - 1) * decisionsPerEpoch + 1,
      {
        read: () => pulse.take(this.pool, this.queue, this.metrics, this.sampler),
        adopt: (decision, envelope) => this.pool.adopt(decision, envelope),
        note: (fact) => this.journal.note(fact),
      },
    );
    this.#supervisor.keep({ id: "sampler", logic: this.sampler.logic() });
    this.#supervisor.keep({
      id: "vigil",
      logic: loop(clock, ({ every }) => every(1_000, () => this.vigil.look())),
    });
    this.#supervisor.keep({
      id: "controller",
      logic: this.controller.logic(this.#supervisor.root),
    });
  }

  /** Sends to the controller's mailbox. */
  control(message: ControllerMessage): void {
    this.#supervisor.send("controller", message);
  }

  /** Ends a job wherever it is. */
  cancel(job: Job, because: string): void {
    this.queue.cancel(job, because);
    if (!job.outcome && job.slot >= 0) this.#askToEnd(job, because);
  }

  /** Sees to it that the worker of a job ends it. */
  #askToEnd(job: Job, because: string): void {
    const link = this.pool.roster.links.find((candidate) => candidate.has(job));
    if (link) this.vigil.asked(link, job, because);
  }

  /** Stops every actor, last started first; the store and the host stay open. */
  stop(): void {
    this.queue.close();
    this.vigil.close();
    this.pool.roster.close();
    this.#supervisor.stop();
  }

  #alert(code: string, message: string): void {
    this.journal.note({ type: "alert", level: "warning", code, message });
  }

  #queueListener(): QueueListener {
    const { metrics, journal, ports } = this;
    return {
      accepted(jobs) {
        metrics.accepted += jobs.length;
        journal.moved("accepted", jobs);
      },
      requeued: (jobs) => journal.moved("requeued", jobs),
      ended(job, outcome) {
        metrics.count(job, outcome, ports.clock.nowMs());
        journal.ended(job, outcome.type);
      },
      overdue: (job) => this.#askToEnd(job, "total timeout"),
      ready: (lane) => {
        this.pool.dispatch(lane);
        if (lane.queued > burst && !this.#bursting) this.control({ type: "burst" });
        this.#bursting = lane.queued > burst;
      },
    };
  }

  #poolListener(pool: string): PoolListener {
    const { metrics, journal, ports } = this;
    return {
      resized: (from, actual, decision, trigger) => {
        this.lastResize = {
          at: ports.clock.wallMs(),
          from,
          to: actual,
          because: trigger,
          decision,
        };
        journal.note({ type: "resized", pool, from, actual, decision, trigger });
        this.control({ type: "resized", workers: actual });
      },
      worker: ({ seat, generation, pid }, state, because) =>
        journal.note({ type: "worker", pool, seat, generation, pid, state, because }),
      startFailed: (because) => this.control({ type: "startFailed", because }),
      startSucceeded: (tookMs) => {
        record(metrics.startMs, tookMs);
        this.control({ type: "startSucceeded" });
      },
      seatClosed: (seat) =>
        this.#alert("seat_closed", `Workers in seat ${seat} died again and again before any use`),
    };
  }
}
