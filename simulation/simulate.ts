/**
 * Lets a pool go through a workload in virtual time.
 *
 * @module
 */
import type { Processes } from "../actors/ports.ts";
import type { ControlFact } from "../messages/facts.ts";
import type { Choice } from "../policies/choice.ts";
import { bind, type Stepper } from "../policies/scaling/mod.ts";
import { paced } from "../policies/scaling/paced.ts";
import type { SelectOptions } from "../policies/scaling/select.ts";
import { SimulatedClock } from "./clock.ts";
import { Downstream, type DownstreamOptions } from "./downstream.ts";
import { type MachineOptions, SimulatedMachine } from "./machine.ts";
import { Plant } from "./plant.ts";
import { SeededRandom } from "./random.ts";
import type { Look } from "./replay.ts";
import { type Outcome, Tally } from "./tally.ts";
import { SimulatedProcess, type Stage } from "./worker_process.ts";
import { partOf, type Workload } from "./workload.ts";

/** What is to be simulated beside the workload. */
export interface SimulateOptions {
  /** Who decides. Default: the governor with its defaults. */
  readonly policy?: Choice;
  /** Policies that have a say beside it. Default: none. */
  readonly beside?: readonly Choice[];
  /** Smallest size of the pool. Default 1. */
  readonly min?: number;
  /** Largest size of the pool. Default 400. */
  readonly max?: number;
  /** Idle workers kept ready besides those that have jobs. Default 0. */
  readonly spares?: number;
  /** Jobs that run in one worker at once. Default 1. */
  readonly slots?: number;
  /** Whether growth by which no more gets done is taken back. Default: where the governor decides. */
  readonly mustGain?: boolean;
  /** In which order jobs are begun. Default: classic. */
  readonly ordering?: Choice;
  /** From the start of a worker until it takes jobs, ms. Default 20. */
  readonly startMs?: number;
  /** Standard deviation of that over its mean; log-normal. Default 0: it is always the same. */
  readonly startJitterRatio?: number;
  /** Share of its time for which a job wants a core, 0..1. Default 0. */
  readonly cpuRatio?: number;
  /** What it runs on. */
  readonly machine?: MachineOptions;
  /** What all jobs call and wait for, instead of working themselves. Default: nothing. */
  readonly downstream?: DownstreamOptions;
  /** Times that a job is tried again when it has failed. Default 0. */
  readonly retries?: number;
  /**
   * Which time makes a job late: that until it begins (default), or that by which it ends later than it
   * would alone, which all waits of the outcome then are. The second one tells of cores that too many
   * share, too.
   */
  readonly lateBy?: "wait" | "delay";
  /** Wait from which a job is late, ms. Default 150. */
  readonly waitTargetMs?: number;
  /** What a late job costs, in mean run times of a job. Default 10. */
  readonly latePriceRuns?: number;
  /** Default 1. */
  readonly seed?: number;
  /** Hears of all that is decided and done, at `nowMs` from the first instant of the workload. */
  readonly note?: (fact: ControlFact, nowMs: number) => void;
  /** Sees what the policies see, to be decided upon again. */
  readonly look?: (look: Look) => void;
  /** Is given what the controller has recorded, as a service has it, at the end. */
  readonly recorded?: (recording: string) => void;
}

/** Time that the pool has to get its first workers before the first job may come, ms. */
const settleMs = 5_000;

/** What comes of `workload`. The same options give the same outcome. */
export async function simulate(
  workload: Workload,
  options: SimulateOptions = {},
): Promise<Outcome> {
  const run = new Run(workload, options);
  await run.go();
  const { policy = { name: "governor" }, beside = [] } = options;
  const { waitTargetMs = 150, latePriceRuns = 10 } = options;
  return run.tally.outcome(namesOf([policy, ...beside]), waitTargetMs, latePriceRuns);
}

/** Policies that decide together: each in one word. */
export const namesOf = (policies: readonly Choice[]): string => policies.map(nameOf).join(" + ");

/** A policy in one word: its name, and the options it was given. */
export function nameOf({ name, ...options }: Choice): string {
  const told = Object.entries(options).map(([option, value]) => `${option}=${value}`);
  return told.length === 0 ? name : `${name}(${told.join(",")})`;
}

/** One run. */
class Run {
  readonly tally: Tally;
  readonly #clock = new SimulatedClock();
  readonly #machine: SimulatedMachine;
  readonly #random: SeededRandom;
  readonly #plant: Plant;
  readonly #workload: Workload;
  /** The clock's instant at which the workload begins. */
  readonly #fromMs: number;
  readonly #recorded: (recording: string) => void;
  #next = 0;
  readonly #retries: number;
  readonly #options: SimulateOptions;

  constructor(workload: Workload, options: SimulateOptions) {
    const { policy = { name: "governor" }, min = 1, max = 400, slots = 1, startMs = 20 } = options;
    const clock = this.#clock;
    this.#workload = workload;
    this.#options = options;
    this.#recorded = options.recorded ?? (() => {});
    this.#fromMs = settleMs + 2 * startMs;
    this.#retries = options.retries ?? 0;
    this.tally = new Tally(workload, this.#fromMs);
    this.#random = new SeededRandom(options.seed ?? 1);
    this.#machine = new SimulatedMachine(clock, options.machine);
    const { beside = [] } = options;
    const [first, ...others] = [policy, ...beside].map(({ name, ...rest }) =>
      paced(bind(name, rest))
    );
    const ports = {
      clock,
      random: this.#random,
      machine: this.#machine,
      processes: this.#processes(options),
    };
    const plant = this.#plant = new Plant(ports, {
      policies: [this.#watched(first!, options.look), ...others],
      ...{ min, max, slots, spares: options.spares ?? 0 },
      mustGain: options.mustGain ?? policy.name === "governor",
      ordering: options.ordering ?? { name: "classic" },
      startMaxMs: 10_000 + 10 * startMs,
      note: (fact) => this.#note(fact, options.note),
    });
    plant.estate.controller.recorder.isOn = options.recorded !== undefined;
  }

  async go(): Promise<void> {
    const { atMs, spanMs } = this.#workload;
    this.#plant.start();
    await this.#clock.run(this.#fromMs);
    this.#arm();
    const untilMs = this.#fromMs + spanMs;
    await this.#review();
    this.#clock.rush(untilMs, () => this.#plant.failure !== null);
    const isOver = () => this.tally.ended >= atMs.length || this.#plant.failure !== null;
    if (!isOver()) this.#clock.rush(Infinity, isOver);
    if (this.#plant.failure !== null) throw new Error(this.#plant.failure);
    this.tally.lasted(this.#clock.nowMs());
    this.#recorded(this.#plant.estate.controller.recorder.text());
  }

  /** Lets who chooses among policies hear what each would have cost for the jobs that came of late. */
  async #review(): Promise<void> {
    const { policy, note: _, look: __, recorded: ___, ...world } = this.#options;
    if (policy?.name !== "select") return;
    const { waitTargetMs = 150, latePriceRuns = 10 } = world;
    const { name, ...given } = policy;
    const { among, reviewMs } = bind(name, given).options as SelectOptions;
    const isOver = () => this.#plant.failure !== null;
    for (let atMs = reviewMs; atMs < this.#workload.spanMs && !isOver(); atMs += reviewMs) {
      this.#clock.rush(this.#fromMs + atMs, isOver);
      const part = partOf(this.#workload, atMs - reviewMs, atMs);
      if (part.atMs.length === 0) continue;
      const costs: Record<string, number> = {};
      for (const one of among) {
        const { cost } = await simulate(part, {
          ...world,
          waitTargetMs,
          latePriceRuns,
          policy: one,
        });
        costs[one.name] = cost;
      }
      this.#plant.estate.losses = { atMs: this.#clock.nowMs(), costs };
    }
  }

  /** Lets the next job come when it does. */
  #arm(): void {
    const { atMs } = this.#workload;
    if (this.#next >= atMs.length) return;
    this.#clock.at(this.#fromMs + atMs[this.#next]!, this.#comes);
  }

  readonly #comes = (): void => {
    const { ranks } = this.#workload;
    const job = this.#next++;
    this.#plant.submit(job, ranks?.[job] ?? 1, this.#retries, this.#ended);
    this.#arm();
  };

  readonly #ended = (): void => void this.tally.ended++;

  #processes(options: SimulateOptions): Processes {
    const { cpuRatio = 0, downstream } = options;
    const { atMs, serviceMs } = this.#workload;
    const clock = this.#clock;
    const { tally } = this;
    const isDown = () => {
      const atMs = clock.nowMs() - this.#fromMs;
      const { down } = downstream ?? {};
      return down !== undefined && atMs >= down.fromMs && atMs < down.untilMs;
    };
    const stage: Stage = {
      clock,
      ...(downstream && { downstream: new Downstream(clock, downstream.places), fails: isDown }),
      machine: this.#machine,
      cpuRatio,
      startMs: startOf(options, this.#random),
      begins: (job) => {
        // That it is tried again is no longer wait for its start.
        if (!(tally.waitsMs[job]! >= 0)) {
          tally.waitsMs[job] = Math.max(0, clock.nowMs() - this.#fromMs - atMs[job]!);
        }
        return isDown() ? downstream!.down!.failsAfterMs : serviceMs[job]!;
      },
      ...(options.lateBy === "delay" && {
        ran: (job, extraMs) => tally.waitsMs[job]! += Math.max(0, extraMs),
      }),
      gone: () => tally.peopled(-1, clock.nowMs()),
    };
    let pids = 1;
    return {
      spawn: (_options, events) => {
        tally.peopled(1, clock.nowMs());
        return new SimulatedProcess(++pids, stage, events);
      },
      sweep: () => 0,
      close: () => {},
    };
  }

  /** Shows `look` what a policy sees. */
  #watched(policy: Stepper, look: SimulateOptions["look"]): Stepper {
    if (look === undefined) return policy;
    const { name, everyMs } = policy;
    return {
      ...{ name, everyMs, memory: undefined, kept: null, resume: () => {} },
      step: (reading) => {
        look({ reading, starts: this.#plant.metrics.startTimes });
        return policy.step(reading);
      },
    };
  }

  #note(fact: ControlFact, note: SimulateOptions["note"]): void {
    if (fact.type === "resized") this.tally.resizes++;
    if (fact.type === "decided" && fact.decision.adopted) this.tally.decisions++;
    note?.(fact, this.#clock.nowMs() - this.#fromMs);
  }
}

/** How long starts take: log-normal around the mean. */
function startOf(
  { startMs = 20, startJitterRatio = 0 }: SimulateOptions,
  random: SeededRandom,
): () => number {
  if (startJitterRatio === 0) return () => startMs;
  const variance = Math.log(1 + startJitterRatio ** 2);
  return () => startMs * Math.exp(Math.sqrt(variance) * random.normal() - variance / 2);
}
