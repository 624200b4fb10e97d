/**
 * The wiring: which actor hears what of which, and in what order they start and stop.
 *
 * @module
 */
import type { InspectionEvent } from "xstate";
import type { ControlFact } from "../messages/facts.ts";
import type { JobSpec } from "../messages/job.ts";
import type { ControllerMessage } from "../messages/mailboxes.ts";
import { Answers } from "./answers.ts";
import { brownoutOf } from "./brownout_of.ts";
import type { Budget } from "./budget.ts";
import { houseOf } from "./circuits/house.ts";
import { Consumption } from "./consumption.ts";
import type { Controller, Council } from "./controller.ts";
import { Decisions } from "./decisions.ts";
import { Estate, type EstateOptions } from "./estate.ts";
import type { Job } from "./job.ts";
import { Burns } from "./business/burns.ts";
import { Plugged } from "./exports/plugged.ts";
import { Journal } from "./journal.ts";
import { type Lane, leaveFolder } from "./lane.ts";
import type { Meters } from "./limits/account.ts";
import { closeMeters, makeMeters } from "./limits/meters.ts";
import { Logs } from "./logs.ts";
import { Metrics } from "./metrics.ts";
import type { Operation } from "./operation.ts";
import { outOf } from "./out.ts";
import type { Pool } from "./pool.ts";
import { usualPool } from "./pool_of.ts";
import type { Grant, Ports } from "./ports.ts";
import { Queue } from "./queue.ts";
import { queueListener } from "./queue_hearers.ts";
import type { QueueLimits } from "./queue_listener.ts";
import { rounds } from "./rounds.ts";
import type { RunParts } from "./run.ts";
import { type Regrets, regretsOf } from "./regret/regrets_of.ts";
import { Runs } from "./runs.ts";
import { Sampler } from "./sampler.ts";
import { levelsOf } from "./series/look.ts";
import { Series } from "./series/series.ts";
import { Usuals } from "./series/usuals.ts";
import { Stowage } from "./stowage.ts";
import { Supervisor, usual } from "./supervisor.ts";
import type { Tracing } from "./tracing/port.ts";
import { operationKey } from "./turns/keys_of.ts";
import { Vigil, type VigilEffects } from "./vigil.ts";
import { Violations } from "./violations.ts";
import type { WorkerLink } from "./worker.ts";

/** What a system is made with. */
export interface SystemOptions {
  /** All pools; one of them is called `default`. */
  readonly pools: readonly EstateOptions[];
  readonly limits: QueueLimits;
  /** Most memory of all commands that run; null: most of what is free. */
  readonly memoryBytes: number | null;
  /** Most memory of one worker; null: no limit. */
  readonly workerBytes?: number | null;
  /** Time between two looks at the host, ms. Default 1 s. */
  readonly sampleMs?: number;
  readonly runs: Pick<RunParts, "workspaces" | "orderOf">;
  readonly inspect: (event: InspectionEvent) => void;
  readonly gaveUp: (because: string) => void;
  /** Who traces jobs; default: nobody. */
  readonly tracing?: Tracing | null;
  /** What all pools share; null, and by default: each is by itself. */
  readonly budget?: Budget | null;
  /** All tasks, to name those that a worker tells of. */
  readonly operations: readonly Operation[];
}

/** All actors of a runtime. */
export class System {
  readonly ports: Ports;
  readonly journal: Journal;
  readonly metrics = new Metrics();
  readonly logs: Logs;
  readonly sampler: Sampler;
  /** Null: nobody traces. */
  readonly tracing: Tracing | null;
  /** What is usual at this hour. */
  readonly usuals: Usuals;
  /** How fast objectives burn. */
  readonly burns: Burns;
  /** Of the API. */
  readonly answers: Answers;
  /** Metrics of others. */
  readonly plugged: Plugged;
  readonly consumption: Consumption;
  readonly series: Series;
  readonly stowage: Stowage;
  readonly queue: Queue;
  /** About all pools. */
  readonly decisions: Decisions;
  readonly brownout: ReturnType<typeof brownoutOf>;
  readonly regrets: Regrets;
  /** All pools, by name. */
  readonly estates: ReadonlyMap<string, Estate>;
  /** The one called `default`. */
  readonly home: Estate;
  readonly vigil: Vigil;
  readonly runs: Runs;
  readonly meters: Meters;
  readonly violations: Violations;
  /** What all pools share; null: each is by itself. */
  budget: Budget | null;
  /** Actors that failed and were started again. */
  restarts = 0;
  readonly supervisor: Supervisor;
  #seats = 0;

  /** Makes all actors; `start` lets them work. */
  constructor(ports: Ports, options: SystemOptions) {
    const { clock, host, store } = ports;
    this.ports = ports;
    this.tracing = options.tracing ?? null;
    this.budget = options.budget ?? null;
    this.journal = new Journal(store, clock);
    this.plugged = new Plugged(clock, (fact) => this.journal.note(fact));
    this.logs = new Logs(clock);
    this.answers = new Answers(clock);
    this.sampler = new Sampler(clock, host, options.sampleMs);
    this.series = new Series(ports, () => levelsOf(this), () => this.links);
    this.usuals = new Usuals(this.series);
    this.burns = new Burns(this.series.objectives);
    this.supervisor = this.#supervise(options);
    this.stowage = new Stowage(
      ports,
      options.memoryBytes,
      () => this.sampler.latest.memoryAvailableBytes,
      (lane) => this.dispatch(lane),
      () => this.sampler.latest.cores,
    );
    const listener = queueListener(this, options.pools.length > 1);
    this.queue = new Queue(ports, options.limits, listener, this.stowage.laneOf);
    this.decisions = new Decisions(store, clock);
    this.brownout = brownoutOf(this);
    this.regrets = regretsOf(this);
    this.estates = this.#settle(options.pools);
    this.home = this.estates.get(usualPool)!;
    const links = () => this.links;
    this.consumption = new Consumption(clock, ports.trees, links);
    const ask = (type: "condemn" | "drain") => (link: WorkerLink, because: string) =>
      this.estateOf(link.grant).pool.roster.tell(link, { type, because });
    const workers = { links, condemn: ask("condemn"), drain: ask("drain") };
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
    if (this.queue.trail) this.queue.trail.out = () => outOf(this.links, this.runs);
    const note = (fact: ControlFact) => this.journal.note(fact);
    this.queue.gates.circuits.settleIn(houseOf(this.supervisor, store, note));
    this.violations = new Violations(clock, { ...options, note });
  }

  /** Who has the workers of a grant. */
  estateOf({ pool }: Grant): Estate {
    return pool === undefined ? this.home : this.estates.get(pool)!;
  }

  /** Every worker that is not gone, of all pools. */
  get links(): WorkerLink[] {
    return [...this.estates.values()].flatMap(({ pool }) => pool.roster.links);
  }

  /** Jobs wait in a lane: gives them to workers with room. */
  dispatch(lane: Lane): void {
    this.estateOf(lane.grant).pool.dispatch(lane);
  }

  /** The usual pool. */
  get pool(): Pool {
    return this.home.pool;
  }

  /** Who decides about the usual pool. */
  get controller(): Controller {
    return this.home.controller;
  }

  /** The next seat's number, so that no two workers have the same name. */
  nextSeat(): number {
    return ++this.#seats;
  }

  /**
   * Starts all actors: sampler, vigil, the scaling machine, then the controller, who gives the pool
   * room. `stored` is what an earlier process knew, by actor.
   */
  start(stored: ReadonlyMap<string, unknown> = new Map()): void {
    const { clock } = this.ports;
    const strangers = [...this.estates.values()].filter((estate) => !estate.restore(stored));
    for (const { name } of strangers) {
      const where = this.estates.size === 1 ? "" : ` of pool ${name}`;
      const message = `What an earlier start knew of scaling${where} is not of this version`;
      this.#alert("state_refused", message);
    }
    this.stowage.restore(stored);
    this.queue.gates.restore(stored);
    this.series.restore(stored, (id) => this.queue.open.get(id) !== undefined);
    const look = () => this.consumption.look();
    this.supervisor.keep({ id: "sampler", logic: this.sampler.logic(look) });
    this.supervisor.keep(this.brownout.child);
    this.supervisor.keep({ id: "series", logic: this.series.logic() });
    this.supervisor.keep({ id: "vigil", logic: rounds(clock, this) });
    this.supervisor.keep(this.stowage.child);
    for (const estate of this.estates.values()) estate.start();
    for (const { child } of Object.values(this.regrets)) this.supervisor.keep(child);
  }

  /** Lets others decide about the usual pool. */
  seat(council: Council): void {
    this.home.seat(council);
  }

  /** Sends to the mailbox of who decides about the usual pool. */
  control(message: ControllerMessage): void {
    this.home.control(message);
  }

  /** A job that its caller waits for, in the trace of its caller. */
  traced = (spec: JobSpec): JobSpec => this.tracing?.begun(spec) ?? spec;

  /** Ends a job wherever it is. */
  cancel(job: Job, because: string): void {
    this.queue.cancel(job, because);
    if (!job.outcome && job.slot >= 0) this.askToEnd(job, because);
  }

  /** Sees to it that the worker of a job, or its run, ends it. */
  askToEnd(job: Job, because: string): void {
    if (this.runs.stop(job)) return;
    const { roster } = this.estateOf(job.operation.grant).pool;
    const link = roster.links.find((candidate) => candidate.slots.has(job));
    if (link) this.vigil.asked(link, job, because);
  }

  /** Stops every actor, last started first; the store and the host stay open. */
  async stop(): Promise<void> {
    this.queue.close();
    this.stowage.close();
    this.budget?.close();
    this.violations.close();
    this.vigil.close();
    closeMeters(this.meters);
    await this.supervisor.stop();
    this.series.close();
  }

  /** A staged run is under way. */
  #began(job: Job): void {
    this.queue.trail?.began([job]);
    this.journal.moved("began", [job]);
    this.series.began([job]);
    this.queue.gates.turns.began(job);
  }

  /** An estate for each pool; of a single one is counted what is counted of all. */
  #settle(pools: readonly EstateOptions[]): ReadonlyMap<string, Estate> {
    const metrics = () => pools.length === 1 ? this.metrics : new Metrics();
    return new Map(pools.map((options) => [
      options.name,
      new Estate(this, options, metrics()),
    ]));
  }

  #look(workerBytes: number | null, workers: VigilEffects): Meters {
    const { queue, stowage: { footprints } } = this;
    return makeMeters(this.ports, { footprints, workerBytes }, {
      ...workers,
      retire: (link, because) => this.estateOf(link.grant).pool.recycler.retire(link, because),
      rested: ({ grant }) => this.dispatch(queue.lane(grant)),
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
}
