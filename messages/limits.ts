/**
 * What a job may take of the machine.
 *
 * @module
 */

/** Limits of one job. What is left out is not limited. */
export interface Limits {
  /**
   * Largest memory. A command: resident, with all it has started. A task: of its worker process,
   * whose own 45 MB are part of it; such a task runs alone in its worker.
   */
  readonly memoryBytes?: number;
  /** CPU time for each unit of time: 0.25 is a quarter of one core. */
  readonly cpuCores?: number;
  /** Open files of each process. */
  readonly openFiles?: number;
  /** Scheduling priority, 1 (a little nicer) to 19 (only what nobody else wants). */
  readonly nice?: number;
  /** `idle`: uses the disk only when nobody else does. */
  readonly ioClass?: "bestEffort" | "idle";
  /** Weight at a disk that others want too: 0.25 has a third of what 0.75 has; 1 is what is usual. */
  readonly ioRatio?: number;
  /** Numbers of the cores it may run on, from 0. */
  readonly affinity?: readonly number[];
}

/** How much of a unit jobs of a key may take. */
export interface RateLimit {
  /** So much in each period, whichever one looks at: `3500/min`, `10MB/s`. */
  readonly rate: string;
  /** Most at once; the rest flows in evenly. Null: all of it. */
  readonly burst?: number | null;
}

/** How many jobs of a key may run at once, and what they may take; null: any number. */
export interface KeyLimit {
  /** Of each key. */
  readonly each: number | null;
  /** Keys of the pattern with jobs that run. */
  readonly keys: number | null;
  /** Of each key, by unit: `requests`, of which a job takes one unless it says so, or any other. */
  readonly rates?: Readonly<Record<string, RateLimit>>;
}

/** By pattern: a key such as `host:example.org`, or the begin of some and a star, `host:*`. */
export type KeyLimits = Readonly<Record<string, KeyLimit>>;
