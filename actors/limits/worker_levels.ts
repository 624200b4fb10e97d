/**
 * Watches workers that use more than they should. At its warning a worker is given no more jobs and
 * collects its garbage; where that does not help, another one takes its place. At its critical level
 * it leaves at once.
 *
 * @module
 */
import type { ControlFact } from "../../messages/facts.ts";
import type { ThresholdStatus } from "../../messages/threshold.ts";
import { type Thresholds, withinLimit } from "../../policies/limits/threshold.ts";
import { poolOf } from "../pool_of.ts";
import type { Clock, Trees } from "../ports.ts";
import type { WorkerLink } from "../worker.ts";
import { Levels } from "./levels.ts";

/** Time between looks, ms. */
const everyMs = 250;
/** Time in which collecting garbage has to help, ms. */
const helpsMs = 2_000;

/** What follows from a look. */
export interface WorkerEffects {
  links(): readonly WorkerLink[];
  /** Has another worker take the place of this one as soon as it is ready. */
  retire(link: WorkerLink, because: string): void;
  /** Takes no more jobs and ends when its jobs have. */
  drain(link: WorkerLink, because: string): void;
  /** May be given jobs again. */
  rested(link: WorkerLink): void;
  note(fact: ControlFact): void;
}

interface Watched {
  readonly levels: Levels;
  /** Since when its memory is above the warning. */
  highSinceMs: number;
  /** When it collects its garbage next: what was in use may not be any more. */
  collectMs: number;
}

const none: Thresholds = { memory: null, cpu: null };

/** All workers, where they have thresholds. */
export class WorkerLevels {
  readonly #clock: Clock;
  readonly #trees: Trees;
  readonly #effects: WorkerEffects;
  readonly #limitBytes: number | null;
  #thresholds = none;
  /** Of pools other than the usual one. */
  #byPool: ReadonlyMap<string, Thresholds> = new Map();
  #watched = new Map<WorkerLink, Watched>();
  #disarm: (() => void) | null = null;

  /** Workers that are ended above `limitBytes` have thresholds below it where none are given. */
  constructor(clock: Clock, trees: Trees, limitBytes: number | null, effects: WorkerEffects) {
    this.#clock = clock;
    this.#trees = trees;
    this.#limitBytes = limitBytes;
    this.#effects = effects;
  }

  /** Takes the thresholds of each worker anew, those of each pool where they differ. */
  adopt(thresholds: Thresholds, byPool: ReadonlyMap<string, Thresholds> = new Map()): void {
    const usual = this.#limitBytes === null ? null : withinLimit(this.#limitBytes).memory;
    const filled = ({ memory, cpu }: Thresholds) => ({ memory: memory ?? usual, cpu });
    this.#thresholds = filled(thresholds);
    this.#byPool = new Map([...byPool].map(([pool, own]) => [pool, filled(own)]));
    for (const [link, { levels }] of this.#watched) {
      levels.adopt(this.#of(link));
      if (levels.level() === "calm") this.#rested(link);
    }
    if (this.#isUseful) this.#arm();
  }

  /** Levels of workers that are not calm. */
  get status(): readonly ThresholdStatus[] {
    return [...this.#watched.values()].flatMap(({ levels }) =>
      levels.status.filter(({ level }) => level !== "calm")
    );
  }

  /** Looks no more. */
  close(): void {
    this.#disarm?.();
    this.#watched.clear();
  }

  get #isUseful(): boolean {
    return [this.#thresholds, ...this.#byPool.values()].some(({ memory, cpu }) =>
      memory !== null || cpu !== null
    );
  }

  #of({ grant }: WorkerLink): Thresholds {
    return this.#byPool.get(poolOf(grant)) ?? this.#thresholds;
  }

  #arm(): void {
    this.#disarm ??= this.#clock.at(this.#clock.nowMs() + everyMs, () => {
      this.#disarm = null;
      this.#look();
      if (this.#isUseful) this.#arm();
    });
  }

  #look(): void {
    const before = this.#watched;
    this.#watched = new Map();
    for (const link of this.#effects.links()) {
      if (!link.open || link.pid === null) continue;
      const watched = before.get(link) ?? this.#watch(link);
      this.#watched.set(link, watched);
      this.#lookAt(link, watched);
    }
  }

  #watch(link: WorkerLink): Watched {
    const subject = { of: "worker", name: link.name, held: "it is given no jobs" } as const;
    const levels = new Levels(subject, this.#of(link), (fact) => this.#effects.note(fact));
    return { levels, highSinceMs: Infinity, collectMs: Infinity };
  }

  #lookAt(link: WorkerLink, watched: Watched): void {
    const { levels } = watched;
    const row = this.#trees.row(link.pid!);
    const nowMs = this.#clock.nowMs();
    const memory = levels.level("memory");
    const used = { bytes: row?.residentBytes ?? null, cpuMs: row?.cpuMs ?? null };
    if (levels.look(used, nowMs)) {
      if (levels.level() === "calm") this.#rested(link);
      else this.#rest(link);
    }
    const now = levels.level("memory");
    if (now === "calm") return void (watched.highSinceMs = Infinity);
    if (memory === "calm") watched.highSinceMs = watched.collectMs = nowMs;
    if (nowMs >= watched.collectMs) {
      watched.collectMs = nowMs + helpsMs / 2;
      link.collect(true);
    }
    const because = levels.because!;
    if (now === "critical") this.#effects.drain(link, because);
    else if (nowMs - watched.highSinceMs >= helpsMs) this.#effects.retire(link, because);
  }

  /** What it has not begun goes to others. */
  #rest(link: WorkerLink): void {
    if (link.resting) return;
    link.resting = true;
    link.recall(0);
  }

  #rested(link: WorkerLink): void {
    if (!link.resting) return;
    link.resting = false;
    this.#effects.rested(link);
  }
}
