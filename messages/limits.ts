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
  /** Numbers of the cores it may run on, from 0. */
  readonly affinity?: readonly number[];
}

/** How many jobs of a key may run at once; null: any number. */
export interface KeyLimit {
  /** Of each key. */
  readonly each: number | null;
  /** Keys of the pattern with jobs that run. */
  readonly keys: number | null;
}

/** By pattern: a key such as `host:example.org`, or the begin of some and a star, `host:*`. */
export type KeyLimits = Readonly<Record<string, KeyLimit>>;
