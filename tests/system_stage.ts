/**
 * All actors of a runtime over a virtual clock and worker processes that the test plays.
 *
 * @module
 */
import type { AnyActorRef } from "xstate";
import { Budget, type Terms } from "../actors/budget.ts";
import { inPool } from "../actors/grant.ts";
import type {
  Host,
  Ports,
  Rehearse,
  Store,
  Trees,
  WorkerEvents,
  WorkerProcess,
} from "../actors/ports.ts";
import { memoryStore } from "../actors/stores/memory.ts";
import { System } from "../actors/system.ts";
import type { ControlFact } from "../messages/facts.ts";
import type { HostReading } from "../messages/mailboxes.ts";
import type { Vitals } from "../messages/vitals.ts";
import { arity, messages } from "../messages/wire.ts";
import { bindConstraint } from "../policies/constraints/mod.ts";
import { bind } from "../policies/scaling/mod.ts";
import { ManualClock } from "./manual_clock.ts";
import { nothing } from "./orders.ts";
import { stillTrees } from "./still_trees.ts";
import { unseen } from "./unseen.ts";

/** How a worker process goes about its life. */
export interface Part {
  /** From its start to its first word, ms; null: it can't even be started. */
  readonly startMs: number | null;
  /** From the start of a job to its end, ms. */
  readonly jobMs: number | ((payload: unknown) => number);
  /** Jobs hold its thread, so that one begins when the other has ended. */
  readonly holds: boolean;
  /** Ends its jobs when it is asked to. */
  readonly heeds: boolean;
  /** It dies at this job instead of ending it. */
  readonly diesAt: (payload: unknown) => boolean;
  /** The job fails instead of being done. */
  readonly failsAt: (payload: unknown) => boolean;
}

const usualPart: Part = {
  startMs: 20,
  jobMs: 10,
  heeds: true,
  holds: false,
  diesAt: () => false,
  failsAt: () => false,
};

/** What a stage may be made with. */
export interface StageOptions {
  readonly min?: number;
  readonly max?: number;
  readonly spares?: number;
  /** Jobs in the workers of the usual pool, at most. */
  readonly runningMax?: number;
  readonly store?: Store;
  readonly clock?: ManualClock;
  readonly stored?: ReadonlyMap<string, unknown>;
  /** How processes live. */
  readonly part?: Partial<Part>;
  /** What simulates; default: nobody. */
  readonly rehearse?: Rehearse;
  /** What can be seen of processes. */
  readonly trees?: Partial<Trees>;
  /** What all pools share: workers, and the terms of some. */
  readonly budget?: {
    readonly workers: number;
    readonly terms?: Readonly<Record<string, Partial<Terms>>>;
  };
  /** Other pools, by name. */
  readonly others?: Readonly<Record<string, { readonly min: number; readonly max: number }>>;
}

/** A process that lives as its part says. */
class Played implements WorkerProcess {
  readonly queuedBytes = 0;
  readonly #clock: ManualClock;
  readonly #part: Part;
  readonly #events: WorkerEvents;
  #over = false;
  /** Jobs that were asked to end, by slot: nothing more is said of them. */
  readonly #asked = new Map<number, number>();
  /** When its thread is free again, ms. */
  #freeMs = 0;

  constructor(readonly pid: number, clock: ManualClock, part: Part, events: WorkerEvents) {
    this.#clock = clock;
    this.#part = part;
    this.#events = events;
    const { startMs } = part;
    this.#later(startMs ?? 1, () => {
      if (startMs === null) {
        this.#over = true;
        return events.failed("No such file or directory");
      }
      events.connected(pid);
      events.frame([messages.ready.kind]);
    });
  }

  send(items: string): void {
    const batch = JSON.parse(`[${items}]`) as unknown[];
    for (let at = 0; at < batch.length; at += 1 + arity(batch[at] as number)) {
      const [kind, slot, , , payload] = batch.slice(at, at + 5);
      const number = slot as number;
      if (kind === messages.stop.kind) this.#later(1, () => this.exit(0));
      if (kind === messages.ping.kind) {
        this.#later(1, () => this.#events.frame([messages.pong.kind, slot]));
      }
      if (kind === messages.cancel.kind && this.#part.heeds) {
        this.#asked.set(number, (this.#asked.get(number) ?? 0) + 1);
        this.#later(1, () => this.#events.frame([messages.finished.kind, slot, 2, null, 1]));
      }
      if (kind !== messages.start.kind) continue;
      const { jobMs, holds, diesAt, failsAt } = this.#part;
      const tookMs = typeof jobMs === "number" ? jobMs : jobMs(payload);
      const nowMs = this.#clock.nowMs();
      const began = [messages.began.kind, 1, holds ? tookMs : 0.1];
      if (!holds) this.#later(1, () => this.#events.frame(began));
      this.#freeMs = (holds ? Math.max(this.#freeMs, nowMs) : nowMs) + tookMs;
      const asked = this.#asked.get(number);
      this.#later(this.#freeMs - nowMs, () => {
        if (this.#asked.get(number) !== asked) return;
        if (diesAt(payload)) return this.exit(1);
        const failure = { category: "exit", code: "task_threw", message: "Error: played" };
        const end = failsAt(payload) ? [1, failure] : [0, payload];
        const finished = [messages.finished.kind, slot, ...end, tookMs];
        this.#events.frame(holds ? [...began, ...finished] : finished);
      });
    }
  }

  kill(): void {
    this.#later(1, () => this.exit(137, "SIGKILL"));
  }

  left(): void {}

  /** Ends the process. */
  exit(code: number, signal: string | null = null): void {
    if (this.#over) return;
    this.#over = true;
    this.#events.exited({ code, signal, stderrTail: "" });
  }

  #later(ms: number, fn: () => void): void {
    this.#clock.at(this.#clock.nowMs() + ms, () => this.#over || fn());
  }
}

/** A running system. */
export class SystemStage {
  readonly clock: ManualClock;
  readonly store: Store;
  readonly system: System;
  /** When each process was started, ms. */
  readonly spawnsMs: number[] = [];
  readonly processes: Played[] = [];
  readonly facts: ControlFact[] = [];
  /** Why it gave up, if it did. */
  gaveUp: string | null = null;
  /** How processes that are started from now on live. */
  part: Partial<Part>;
  /** What the machine has from now on, where that is not the usual. */
  machine: Partial<HostReading & Vitals> = {};
  readonly #trees: Trees;
  readonly #rehearse: Rehearse | undefined;
  /** Each actor's present life. */
  readonly actors = new Map<string, AnyActorRef>();

  constructor(options: StageOptions = {}) {
    const { min = 1, max = 4, spares = 0, store, clock, stored, part, trees } = options;
    const runningMax = options.runningMax ?? null;
    const pools = { default: { min, max, runningMax }, ...options.others };
    this.part = part ?? {};
    this.#trees = stillTrees(trees);
    this.#rehearse = options.rehearse;
    this.clock = clock ?? new ManualClock();
    this.store = store ?? memoryStore();
    const budget = options.budget ? this.#budget(options.budget, pools) : null;
    this.system = new System(this.#ports(), {
      budget,
      pools: Object.entries(pools).map(([name, bounds]) => ({
        name,
        slots: { tasks: 8, commands: 8 },
        homeGrant: () => inPool(nothing, name),
        tasksOf: () => [],
        council: {
          policies: [bind("governor")],
          guards: [
            bindConstraint("bounds", bounds),
            bindConstraint("spares", { spares }),
            ...(budget ? [budget.guard(name)] : []),
          ],
        },
      })),
      limits: { jobsMax: 1e4, bytesMax: 1e9 },
      memoryBytes: null,
      runs: {
        workspaces: { open: () => Promise.reject(new Error("there are none on this stage")) },
        orderOf: () => {
          throw new Error("no stage of a run is played here");
        },
      },
      inspect: (event) => {
        const actor = event.actorRef as AnyActorRef;
        if (event.type === "@xstate.actor") this.actors.set(actor.id, actor);
      },
      gaveUp: (because) => this.gaveUp = because,
      operations: [],
    });
    const note = this.system.journal.note.bind(this.system.journal);
    this.system.journal.note = (fact) => (this.facts.push(fact), note(fact));
    this.system.start(stored);
  }

  /** Workers that are ready. */
  get ready(): number {
    return this.system.pool.links.filter(({ open }) => open).length;
  }

  /** Alerts so far, by code. */
  get alerts(): string[] {
    return this.facts.flatMap((fact) => fact.type === "alert" ? fact.code : []);
  }

  /** What the store knows of the actors, as another process would read it. */
  async stored(): Promise<Map<string, unknown>> {
    const known = new Map<string, unknown>();
    for await (const page of this.store.recover()) {
      if (page.type !== "snapshots") continue;
      for (const { actor, snapshot } of page.snapshots) {
        known.set(actor, JSON.parse(JSON.stringify(snapshot)));
      }
    }
    return known;
  }

  #budget(
    { workers, terms = {} }: NonNullable<StageOptions["budget"]>,
    pools: Readonly<Record<string, { readonly min: number; readonly max: number }>>,
  ): Budget {
    const termsOf = Object.entries(pools).map(([name, bounds]) =>
      [name, { weight: 1, least: 1, ...bounds, ...terms[name] }] as const
    );
    const limits = { workers, memoryBytes: Infinity, cpuCores: Infinity };
    return new Budget(
      { limits, cooldownMs: 2_000, terms: new Map(termsOf) },
      () => this.system.estates,
      this.clock,
    );
  }

  #ports(): Ports {
    const host: Host = {
      read: () => ({
        cores: 8,
        cpuRatio: 0.1,
        memoryRatio: 0.1,
        memoryAvailableBytes: 8e9,
        cpuPressureRatio: 0,
        memoryPressureRatio: 0,
        ioPressureRatio: 0,
        ...this.machine,
      }),
      vitals: () => ({ ...unseen, ...this.machine }),
      walk: () => 5_000,
      processState: () => "S",
      scriptThreads: () => 0,
      threadMs: () => null,
      residentBytes: () => null,
    };
    return {
      trees: this.#trees,
      ...(this.#rehearse && { rehearse: this.#rehearse }),
      clock: this.clock,
      random: { unit: () => 1 },
      host,
      store: this.store,
      processes: {
        spawn: (_options, events) => {
          this.spawnsMs.push(this.clock.nowMs());
          const pid = 100 + this.processes.length;
          const played = new Played(pid, this.clock, { ...usualPart, ...this.part }, events);
          this.processes.push(played);
          return played;
        },
        sweep: () => 0,
        close: () => {},
      },
    };
  }
}
