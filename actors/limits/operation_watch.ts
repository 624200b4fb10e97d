/**
 * Watches what operations with thresholds use: all their running jobs together. From the warning on
 * no job of the operation is begun; those that come wait, and go when it is calm again.
 *
 * @module
 */
import type { ControlFact } from "../../messages/facts.ts";
import type { Outcome } from "../../messages/outcome.ts";
import type { ThresholdStatus } from "../../messages/threshold.ts";
import type { Thresholds } from "../../policies/limits/threshold.ts";
import { type Job, operationOf } from "../job.ts";
import type { Clock, ProcessRow, Trees } from "../ports.ts";
import type { WorkerLink } from "../worker.ts";
import { Levels } from "./levels.ts";
import { bytesOf, cpuMsOf, living } from "./tree.ts";

/** Time between looks, ms. */
const everyMs = 250;

/** What runs and can be seen. */
export interface Seen {
  /** Commands and their processes. */
  readonly commands: ReadonlyMap<Job, { readonly rows: readonly ProcessRow[] }>;
  /** Tasks that run alone, by their workers. */
  readonly alone: ReadonlyMap<WorkerLink, { readonly job: Job }>;
}

/** What follows. */
export interface OperationEffects {
  /** Jobs of an operation are to wait, or may be begun again. */
  pause(operation: string, isPaused: boolean): void;
  note(fact: ControlFact): void;
}

/** CPU time of one running job: when it was seen first, and as it was seen last. */
interface Share {
  readonly fromMs: number;
  cpuMs: number;
}

interface Watched {
  readonly levels: Levels;
  isPaused: boolean;
  bytes: number;
  /** Of all its jobs since it is watched. */
  cpuMs: number;
  shares: Map<Job, Share>;
  /** CPU time that was told at the end of jobs and is counted over as long as the last one took. */
  unseenMs: number;
  spreadMs: number;
}

/** The operations of one pool that have thresholds. */
export class OperationWatch {
  readonly #watched = new Map<string, Watched>();
  readonly #clock: Clock;
  readonly #trees: Trees;
  readonly #seen: Seen;
  readonly #effects: OperationEffects;
  #disarm: (() => void) | null = null;

  /** Looks at what is `seen` through `trees`. */
  constructor(clock: Clock, trees: Trees, seen: Seen, effects: OperationEffects) {
    this.#clock = clock;
    this.#trees = trees;
    this.#seen = seen;
    this.#effects = effects;
  }

  /** Takes the thresholds of all operations anew. */
  adopt(operations: Readonly<Record<string, { readonly thresholds: Thresholds }>>): void {
    const given = Object.entries(operations).filter(([, { thresholds }]) =>
      thresholds.memory !== null || thresholds.cpu !== null
    );
    const names = new Set(given.map(([name]) => name));
    for (const [name, watched] of this.#watched) {
      if (names.has(name)) continue;
      watched.levels.adopt({ memory: null, cpu: null });
      this.#heed(name, watched);
      this.#watched.delete(name);
    }
    for (const [name, { thresholds }] of given) {
      const known = this.#watched.get(name);
      if (known) known.levels.adopt(thresholds);
      else this.#watched.set(name, this.#watch(name, thresholds));
    }
    if (this.#watched.size > 0) this.#arm();
  }

  /** True where it matters what a job uses. */
  watches(job: Job): boolean {
    return this.#watched.size > 0 && this.#watched.has(operationOf(job.spec));
  }

  /** Why a job is not begun; null where it may be. */
  holds(job: Job): string | null {
    const watched = this.#watched.get(operationOf(job.spec));
    return watched?.isPaused ? watched.levels.because : null;
  }

  /** A job has ended: what nobody has seen of its CPU time is added. */
  ended(job: Job, { resources: { cpuSeconds }, durationMs }: Outcome): void {
    const watched = this.#watched.size > 0 ? this.#watched.get(operationOf(job.spec)) : undefined;
    if (!watched || cpuSeconds === null) return;
    const share = watched.shares.get(job);
    watched.shares.delete(job);
    if (share) {
      watched.cpuMs += Math.max(0, cpuSeconds * 1_000 - (share.cpuMs - share.fromMs));
    } else {
      // It shared its worker or was too short to be seen.
      watched.unseenMs += cpuSeconds * 1_000;
      watched.spreadMs = Math.max(everyMs, durationMs);
    }
  }

  /** All levels. */
  get status(): readonly ThresholdStatus[] {
    return [...this.#watched.values()].flatMap(({ levels }) => levels.status);
  }

  /** Looks no more. */
  close(): void {
    this.#disarm?.();
    this.#watched.clear();
  }

  #watch(name: string, thresholds: Thresholds): Watched {
    const subject = { of: "operation", name, held: "its jobs wait" } as const;
    const levels = new Levels(subject, thresholds, (fact) => this.#effects.note(fact));
    const nothing = { bytes: 0, cpuMs: 0, shares: new Map(), unseenMs: 0, spreadMs: everyMs };
    return { levels, isPaused: false, ...nothing };
  }

  #arm(): void {
    this.#disarm ??= this.#clock.at(this.#clock.nowMs() + everyMs, () => {
      this.#disarm = null;
      this.#look();
      if (this.#watched.size > 0) this.#arm();
    });
  }

  #look(): void {
    const before = new Map<Watched, Map<Job, Share>>();
    for (const watched of this.#watched.values()) {
      before.set(watched, watched.shares);
      watched.shares = new Map();
      watched.bytes = 0;
      const dueMs = watched.unseenMs * Math.min(1, everyMs / watched.spreadMs);
      watched.cpuMs += dueMs;
      watched.unseenMs -= dueMs;
    }
    const add = (job: Job, rows: readonly ProcessRow[], fromMs: number | null) => {
      const watched = this.#watched.get(operationOf(job.spec))!;
      const cpuMs = cpuMsOf(rows);
      const share = before.get(watched)!.get(job) ??
        { fromMs: fromMs ?? cpuMs, cpuMs: fromMs ?? cpuMs };
      watched.cpuMs += Math.max(0, cpuMs - share.cpuMs);
      watched.bytes += bytesOf(rows);
      watched.shares.set(job, { ...share, cpuMs: Math.max(cpuMs, share.cpuMs) });
    };
    for (const [job, { rows }] of this.#seen.commands) {
      if (this.watches(job)) add(job, living(rows, this.#trees), 0);
    }
    for (const [{ pid }, { job }] of this.#seen.alone) {
      const row = pid === null || !this.watches(job) ? null : this.#trees.row(pid);
      if (row) add(job, [row], null);
    }
    const nowMs = this.#clock.nowMs();
    for (const [name, watched] of this.#watched) {
      if (watched.levels.look(watched, nowMs)) this.#heed(name, watched);
    }
  }

  #heed(name: string, watched: Watched): void {
    const isPaused = watched.levels.level() !== "calm";
    if (isPaused === watched.isPaused) return;
    watched.isPaused = isPaused;
    this.#effects.pause(name, isPaused);
  }
}
