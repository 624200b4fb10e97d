/**
 * The wiring: which actor hears what of which, and in what order they start and stop.
 *
 * @module
 */
import type { InspectionEvent } from "xstate";
import type { ControlFact } from "../messages/facts.ts";
import type { JobSpec } from "../messages/job.ts";
import type { ControllerMessage } from "../messages/mailboxes.ts";
import { houseOf } from "./circuits/house.ts";
import { Consumption } from "./consumption.ts";
import { Controller, type Council } from "./controller.ts";
import { Dispatcher } from "./dispatcher.ts";
import type { Job } from "./job.ts";
import { Plugged } from "./exports/plugged.ts";
import { Journal } from "./journal.ts";
import { leaveFolder } from "./lane.ts";
import type { Meters } from "./limits/account.ts";
import { closeMeters, makeMeters } from "./limits/meters.ts";
import { linkListener } from "./link_listener.ts";
import { Logs } from "./logs.ts";
import { Metrics } from "./metrics.ts";
import type { Operation } from "./operation.ts";
import { Pool, type PoolOptions } from "./pool.ts";
import { type PoolHearers, poolListener, type Resize } from "./pool_listener.ts";
import type { Ports } from "./ports.ts";
import { Pulse } from "./pulse.ts";
import { Queue } from "./queue.ts";
import type { QueueLimits, QueueListener } from "./queue_listener.ts";
import { rounds } from "./rounds.ts";
import type { RunParts } from "./run.ts";
import { Runs } from "./runs.ts";
import { Sampler } from "./sampler.ts";
import { Scaler } from "./scaler.ts";
import { levelsOf } from "./series/look.ts";
import { Series } from "./series/series.ts";
import { Stowage } from "./stowage.ts";
import { Supervisor, usual } from "./supervisor.ts";
import type { Tracing } from "./tracing/port.ts";
import { operationKey } from "./turns/keys_of.ts";
import { Vigil, type VigilEffects } from "./vigil.ts";
import { Violations } from "./violations.ts";
import type { WorkerLink } from "./worker.ts";

/** What a system is made with. */
export interface SystemOptions {
  readonly pool: PoolOptions;
  readonly limits: QueueLimits;
  /** Most memory of all commands that run; null: most of what is free. */
  readonly memoryBytes: number | null;
  /** Most memory of one worker; null: no limit. */
  readonly workerBytes?: number | null;
  /** Time between two looks at the host, ms. Default 1 s. */
  readonly sampleMs?: number;
  readonly council: Council;
  readonly runs: Pick<RunParts, "workspaces" | "orderOf">;
  readonly inspect: (event: InspectionEvent) => void;
  readonly gaveUp: (because: string) => void;
  /** Who traces jobs; default: nobody. */
  readonly tracing?: Tracing | null;
  /** All tasks, to name those that a worker tells of. */
  readonly operations: readonly Operation[];
}

/** Id of the first decision of a start of the service: each has a million of them. */
const firstDecision = (epoch: number) => (epoch - 1) * 1_000_000 + 1;
/** Jobs that wait at once and are worth asking the policies out of turn. */
const burst = 16;

/** All actors of a runtime. */
export class System {
  readonly ports: Ports;
  readonly journal: Journal;
  readonly metrics = new Metrics();
  readonly logs: Logs;
  readonly sampler: Sampler;
  /** Null: nobody traces. */
  readonly tracing: Tracing | null;
  /** Metrics of others. */
  readonly plugged: Plugged;
  readonly consumption: Consumption;
  readonly series: Series;
  readonly stowage: Stowage;
  readonly queue: Queue;
  readonly pool: Pool;
  readonly vigil: Vigil;
  readonly runs: Runs;
  readonly meters: Meters;
  readonly violations: Violations;
  readonly controller: Controller;
  /** Latest change of the pool's size. */
  lastResize: Resize | null = null;
  /** More waits than can be left to the policies' own rhythm; they have been told. */
  #bursting = false;
  /** Actors that failed and were started again. */
  restarts = 0;
  readonly supervisor: Supervisor;
  /** Of the scaling machine and of the controller, who stands on it. */
  #control: Supervisor | null = null;
  readonly #scaler: Scaler;

  /** Makes all actors; `start` lets them work. */
  constructor(ports: Ports, options: SystemOptions) {
    const { clock, host, store } = ports;
    this.ports = ports;
    this.tracing = options.tracing ?? null;
    this.journal = new Journal(store, clock);
    this.plugged = new Plugged(clock, (fact) => this.journal.note(fact));
    this.logs = new Logs(clock);
    this.sampler = new Sampler(clock, host, options.sampleMs);
    this.series = new Series(ports, () => levelsOf(this), () => this.pool.roster.links);
    this.supervisor = this.#supervise(options);
    this.stowage = new Stowage(
      ports,
      options.memoryBytes,
      () => this.sampler.latest.memoryAvailableBytes,
      (lane) => this.pool.dispatch(lane),
      () => this.sampler.latest.cores,
    );
    this.queue = new Queue(ports, options.limits, this.#queueListener(), this.stowage.laneOf);
    const dispatcher = new Dispatcher(this.queue, clock, this.stowage);
    this.pool = new Pool(
      options.pool,
      { ports, queue: this.queue, dispatcher, supervisor: this.supervisor },
      poolListener(options.pool.name, this.#poolHearers()),
      linkListener(this),
      this.sampler.latest.cores,
    );
    const { roster } = this.pool;
    this.consumption = new Consumption(clock, ports.trees, () => roster.links);
    const ask = (type: "condemn" | "drain") => (link: WorkerLink, because: string) =>
      roster.tell(link, { type, because });
    const workers = { links: () => roster.links, condemn: ask("condemn"), drain: ask("drain") };
    this.vigil = new Vigil(clock, host, workers);
    this.meters = this.#look(options.workerBytes ?? null, workers);
    this.runs = new Runs({
      ...options.runs,
      clock,
      supervisor: this.supervisor.under("runs", { ...usual, strategy: "simpleOneForOne" }),
      submit: (order) => this.queue.submitOne(order, true),
      cancel: (job, because) => this.cancel(job, because),
      left: (folder) => leaveFolder(this.queue.lanes, folder),
      told: (job, stage) => this.journal.told(job, "progress", stage),
    }, {
      began: (job) => this.#began(job),
      settled: (job, outcome) => this.queue.settle(job, outcome),
    });
    const note = (fact: ControlFact) => this.journal.note(fact);
    this.queue.gates.circuits.settleIn(houseOf(this.supervisor, store, note));
    this.violations = new Violations(clock, { ...options, note });
    this.#scaler = new Scaler(options.pool.name, ports, {
      adopt: (decision, envelope) => this.pool.adopt(decision, envelope),
      note,
      workers: () => this.pool.links.length,
    });
    const pulse = new Pulse(clock, host);
    this.controller = new Controller(
      options.pool.name,
      options.council,
      { clock, scaler: this.#scaler, firstId: firstDecision(store.epoch) },
      {
        note,
        read: () => pulse.take(this),
        starts: () => this.metrics.startTimes,
        keep: (actor, snapshot) => store.append([{ type: "snapshot", actor, snapshot }]),
      },
    );
  }

  /**
   * Starts all actors: sampler, vigil, the scaling machine, then the controller, who gives the pool
   * room. `stored` is what an earlier process knew, by actor.
   */
  start(stored: ReadonlyMap<string, unknown> = new Map()): void {
    const { clock } = this.ports;
    const scaling = stored.get(`${this.#scaler.id}.${this.controller.pool}`);
    if (
      scaling !== undefined &&
      !this.#scaler.restore(scaling, (envelope) => this.controller.narrow(envelope))
    ) this.#alert("state_refused", "What an earlier start knew of scaling is not of this version");
    this.controller.restore(stored);
    this.stowage.restore(stored);
    this.queue.gates.restore(stored);
    this.series.restore(stored, (id) => this.queue.open.get(id) !== undefined);
    this.supervisor.keep({
      id: "sampler",
      logic: this.sampler.logic(() => this.consumption.look()),
    });
    this.supervisor.keep({ id: "series", logic: this.series.logic() });
    this.supervisor.keep({ id: "vigil", logic: rounds(clock, this) });
    this.supervisor.keep(this.stowage.child);
    this.#control = this.supervisor.under("control", { ...usual, strategy: "restForOne" });
    this.#control.keep(this.#scaler.child);
    this.#control.keep(this.controller.child);
  }

  /** Lets others decide from now on; what the scaling machine knows stays. */
  seat(council: Council): void {
    this.controller.seat(council);
    this.#control?.renew(this.controller.id);
  }

  /** Sends to the controller's mailbox. */
  control(message: ControllerMessage): void {
    this.#control?.send(this.controller.id, message);
  }

  /** A job that its caller waits for, in the trace of its caller. */
  traced = (spec: JobSpec): JobSpec => this.tracing?.begun(spec) ?? spec;

  /** Ends a job wherever it is. */
  cancel(job: Job, because: string): void {
    this.queue.cancel(job, because);
    if (!job.outcome && job.slot >= 0) this.#askToEnd(job, because);
  }

  /** Sees to it that the worker of a job, or its run, ends it. */
  #askToEnd(job: Job, because: string): void {
    if (this.runs.stop(job)) return;
    const link = this.pool.roster.links.find((candidate) => candidate.has(job));
    if (link) this.vigil.asked(link, job, because);
  }

  /** Stops every actor, last started first; the store and the host stay open. */
  async stop(): Promise<void> {
    this.queue.close();
    this.stowage.close();
    this.violations.close();
    this.vigil.close();
    closeMeters(this.meters);
    await this.supervisor.stop();
    this.series.close();
  }

  /** A staged run is under way. */
  #began(job: Job): void {
    this.journal.moved("began", [job]);
    this.series.began([job]);
    this.queue.gates.turns.began(job);
  }

  #look(workerBytes: number | null, workers: VigilEffects): Meters {
    const { queue, stowage: { footprints } } = this;
    return makeMeters(this.ports, { footprints, workerBytes }, {
      ...workers,
      retire: (link, because) => this.pool.recycler.retire(link, because),
      rested: ({ grant }) => this.pool.dispatch(queue.lane(grant)),
      pause: (operation, isPaused) => queue.gates.turns.pause(operationKey(operation), isPaused),
      note: (fact) => this.journal.note(fact),
    });
  }

  #supervise({ gaveUp, inspect }: SystemOptions): Supervisor {
    const restarted = (id: string, because: string) => {
      this.restarts++;
      this.#alert("actor_restarted", `${id} failed: ${because}`);
    };
    return new Supervisor("flyball", this.ports.clock, { restarted, gaveUp }).start(inspect);
  }

  #alert(code: string, message: string): void {
    this.journal.note({ type: "alert", level: "warning", code, message });
  }

  #queueListener(): QueueListener {
    const { metrics, series, journal, logs, ports } = this;
    return {
      accepted(jobs) {
        metrics.accepted += jobs.length;
        series.accepted(jobs);
        journal.moved("accepted", jobs);
      },
      requeued: (jobs) => journal.moved("requeued", jobs),
      ended: (job, outcome) => {
        metrics.count(job, outcome, ports.clock.nowMs());
        series.ended(job, outcome);
        this.stowage.sequence.learn(job, outcome);
        journal.ended(job, outcome);
        logs.ended(job);
        if (job.limits) this.meters.meter.forget(job);
      },
      overdue: (job) => this.#askToEnd(job, job.because),
      ready: (lane) => {
        if (lane.grant.kind === "run") return this.runs.take(lane, this.queue.gates);
        this.pool.dispatch(lane);
        if (lane.queued > burst && !this.#bursting) this.control({ type: "burst" });
        this.#bursting = lane.queued > burst;
      },
    };
  }

  #poolHearers(): PoolHearers {
    const { metrics, series, journal, ports: { clock } } = this;
    return {
      ...{ metrics, series, journal, clock },
      control: (message) => this.control(message),
      resized: (resize) => this.lastResize = resize,
    };
  }
}
