/**
 * What alert rules can see: the readings and totals that exist anyway, at one instant.
 *
 * @module
 */
import type { ApiSight } from "../../messages/diagnosis.ts";

/** A job that runs. */
export interface RunningJob {
  readonly id: string;
  readonly operation: string;
  /** Since its attempt began. */
  readonly ranMs: number;
}

/** An operation that is slower than it was. */
export interface SlowOperation {
  readonly operation: string;
  /** How many times as long its jobs take. */
  readonly timesAsLong: number;
  /** Since when, ISO 8601. */
  readonly since: string;
}

/** An operation of which it is known what its jobs cost usually. */
export interface PaidOperation {
  readonly operation: string;
  /** How many times as much a job costs now. */
  readonly timesAsMuch: number;
  /** Of a job, now, and what it is in. */
  readonly cost: number;
  readonly currency: string;
}

/** A pool of which it is known what it costs beside pools of one size. */
export interface RegretfulPool {
  readonly pool: string;
  /** How much more it cost than the best of them, by the latest estimates, newest last. */
  readonly latelyRatio: readonly number[];
  /** How many workers all the time that amounts to, of late. */
  readonly lossWorkers: number;
  /** The size that would have cost least of late. */
  readonly workers: number;
}

/** One look at everything. What costs something to find out is a function. */
export interface Sight {
  /** Monotonic. */
  readonly nowMs: number;
  /** Busy share of all cores; null where unknown. */
  readonly cpuRatio: number | null;
  /** Used share of memory; null where unknown. */
  readonly memoryRatio: number | null;
  /** Age of the two, and from which on they are not to be believed. */
  readonly hostAgeMs: number;
  readonly hostStaleMs: number;
  /** Files that this process has open, and how many it may; null where unknown. */
  readonly filesOpen: number | null;
  readonly filesMax: number | null;
  /** Jobs accepted, due and not begun. */
  readonly queued: number;
  /** Workers ready, those of them without a job, and how many the policy wants at least. */
  readonly workers: number;
  readonly idle: number;
  readonly floor: number;
  /** Since the start: jobs accepted, jobs that ended well, and jobs that failed in any way. */
  readonly accepted: number;
  readonly done: number;
  readonly failed: number;
  /** Breakers that hold jobs, by name, and why. */
  readonly breakers: readonly { readonly name: string; readonly because: string }[];
  /** What is left undone, 1 or 2, and why; null: nothing is. */
  readonly brownout: { readonly level: number; readonly because: string } | null;
  /**
   * What is usual at this hour of the week: the mean of a level, or jobs in an hour. Null: not known.
   */
  readonly usual: (name: string) => number | null;
  /** How long the API takes to answer; null where nobody has asked for anything. */
  readonly api: () => ApiSight | null;
  /** Operations that are slower than they were. */
  readonly slower: () => readonly SlowOperation[];
  /** What jobs cost. */
  readonly costs: () => readonly PaidOperation[];
  /** What pools cost beside pools of one size. */
  readonly regrets: () => readonly RegretfulPool[];
  /** Jobs that run now. */
  readonly running: () => readonly RunningJob[];
  /** Since the start: jobs that ended, and those of them that had waited longer. */
  readonly waited: (waitMs: number) => { readonly ended: number; readonly late: number };
}
