/**
 * The actors that decide and dispatch, over simulated ports. The queue with its lanes, and the pool
 * with dispatcher, links, machines, controller and policies are those of the service, word for word;
 * those are left out who only watch (series, logs, meters of processes).
 *
 * @module
 */
import { Decisions } from "../actors/decisions.ts";
import { type Country, Estate } from "../actors/estate.ts";
import { makeMeters } from "../actors/limits/meters.ts";
import { Metrics } from "../actors/metrics.ts";
import type { Operation } from "../actors/operation.ts";
import { usualPool } from "../actors/pool_of.ts";
import type { Grant, Ports, Processes } from "../actors/ports.ts";
import { Queue } from "../actors/queue.ts";
import { Sampler } from "../actors/sampler.ts";
import { memoryStore } from "../actors/stores/memory.ts";
import { Stowage } from "../actors/stowage.ts";
import { Supervisor } from "../actors/supervisor.ts";
import type { ControlFact } from "../messages/facts.ts";
import type { Choice } from "../policies/choice.ts";
import { bindConstraint } from "../policies/constraints/mod.ts";
import type { Stepper } from "../policies/scaling/mod.ts";
import { blindTrees } from "./blind_trees.ts";
import type { SimulatedClock } from "./clock.ts";
import type { SimulatedMachine } from "./machine.ts";
import type { SeededRandom } from "./random.ts";

/** What a plant is made with. */
export interface PlantOptions {
  readonly policies: readonly Stepper[];
  /** Smallest and largest size of the pool. */
  readonly min: number;
  readonly max: number;
  /** Idle workers kept ready besides those that have jobs. */
  readonly spares: number;
  /** Jobs that a worker may run at once. */
  readonly slots: number;
  readonly ordering: Choice;
  /** Whether growth by which no more gets done is taken back. */
  readonly mustGain: boolean;
  /** Longest time that the start of a worker may take, ms. */
  readonly startMaxMs: number;
  /** Hears of all that is decided and done. */
  readonly note: (fact: ControlFact) => void;
}

/** What it stands on. */
export interface PlantPorts {
  readonly clock: SimulatedClock;
  readonly random: SeededRandom;
  readonly machine: SimulatedMachine;
  readonly processes: Processes;
}

/** Workers of the one kind that there is. */
const grant: Grant = { key: "simulated", kind: "task", flags: [], config: null };

/** What all jobs are of. */
const operation: Operation = { number: 1, name: "job", source: "", grant, slotsMax: Infinity };

const specs = [{ priority: "high" }, {}, { priority: "low" }] as const;

const deaf = () => {};

/** A pool with its queue and all who decide about it. */
export class Plant {
  readonly queue: Queue;
  readonly estate: Estate;
  readonly metrics = new Metrics();
  /** An actor has failed: what comes of this run is worth nothing. */
  failure: string | null = null;
  readonly #sampler: Sampler;
  readonly #supervisor: Supervisor;

  /** Makes all actors; `start` lets them work. */
  constructor({ clock, random, machine, processes }: PlantPorts, options: PlantOptions) {
    const store = memoryStore();
    const ports: Ports = { clock, random, host: machine, trees: blindTrees, processes, store };
    const sampler = this.#sampler = new Sampler(clock, machine);
    const supervisor = this.#supervisor = new Supervisor("simulation", clock, {
      restarted: (id, because) => void (this.failure ??= `${id} failed: ${because}`),
      gaveUp: (because) => void (this.failure ??= because),
    }).start();
    const stowage = new Stowage(ports, null, () => null, (lane) => this.estate.ready(lane));
    const { name, ...ordering } = options.ordering;
    stowage.sequenceOf("default").adopt(name, ordering);
    const { metrics } = this;
    const queue = this.queue = new Queue(ports, { jobsMax: Infinity, bytesMax: Infinity }, {
      accepted: (jobs) => void (metrics.accepted += jobs.length),
      requeued: deaf,
      ended(job, outcome) {
        metrics.count(job, outcome, clock.nowMs());
        stowage.sequenceOf("default").learn(job, outcome);
      },
      overdue: deaf,
      ready: (lane) => this.estate.ready(lane),
    }, stowage.laneOf);
    const { policies, min, max, spares, slots, note } = options;
    const country = countryOf({ ports, queue, metrics, sampler, supervisor, stowage, note });
    const guards = [bindConstraint("bounds", { min, max })];
    if (spares > 0) guards.push(bindConstraint("spares", { spares }));
    if (options.mustGain) guards.push(bindConstraint("gain"), bindConstraint("retries"));
    this.estate = new Estate(country, {
      name: usualPool,
      slots: { tasks: slots, commands: slots },
      homeGrant: () => grant,
      tasksOf: () => [operation],
      startMs: options.startMaxMs,
      council: { policies, guards },
    }, metrics);
  }

  /** Lets the actors work. */
  start(): void {
    this.#supervisor.keep({ id: "sampler", logic: this.#sampler.logic() });
    this.estate.start();
  }

  /** Takes a job: `payload` is its number, `rank` its class; `ended` hears of its end. */
  submit(payload: number, rank: number, retries: number, ended: () => void): void {
    const spec = specs[rank] ?? {};
    this.queue.submitOne({
      operation,
      payload: String(payload),
      spec,
      timeoutMs: 0,
      retries,
      ended,
    });
  }
}

type Founding = Pick<
  Country,
  "ports" | "queue" | "metrics" | "sampler" | "supervisor" | "stowage"
>;

/** What surrounds the pool: nobody watches, nothing is measured of processes. */
function countryOf(
  { note, ...founding }: Founding & { readonly note: PlantOptions["note"] },
): Country {
  const { clock, store } = founding.ports;
  let seats = 0;
  return {
    ...founding,
    journal: { moved: deaf, told: deaf, note },
    logs: { told: deaf },
    series: { began: deaf, booted: deaf, tried: deaf, lost: deaf, prices: null },
    vigil: { began: deaf },
    violations: { hear: deaf },
    plugged: { reading: () => undefined },
    burns: { worst: () => null },
    brownout: { level: 0 },
    tracing: null,
    meters: makeMeters(founding.ports, { ...founding.stowage, workerBytes: null }, {
      links: () => [],
      condemn: deaf,
      drain: deaf,
      retire: deaf,
      rested: deaf,
      pause: deaf,
      note,
    }),
    decisions: new Decisions(store, clock),
    nextSeat: () => ++seats,
  };
}
