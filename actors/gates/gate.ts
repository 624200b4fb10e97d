/**
 * What a job may have to pass on its way into its lane.
 *
 * @module
 */
import type { Outcome } from "../../messages/outcome.ts";

/** Why a gate holds a job. */
export interface Hold {
  /** What the gate is called in `why`. */
  readonly gate: string;
  /** A sentence with the numbers. */
  readonly because: string;
  /** Jobs that it lets go first, null where that is not what the job waits for. */
  readonly ahead: number | null;
  /** When it opens, monotonic ms; null where nobody knows. */
  readonly untilMs: number | null;
}

/** Jobs meet gates in order; where one holds a job, it stays until the gate calls it. */
export interface Gate<J> {
  /** Whether it may ever hold this job. Asked once for each job. */
  concerns(job: J): boolean;
  /** A job comes, also back from a worker. False: it is held here, and its state says so. */
  enter(job: J): boolean;
  /** A worker is to have a job that passed. False: not any more, it is held here again. */
  take(job: J): boolean;
  /** An attempt has ended; what becomes of the job, `leave` says next. Only where it matters. */
  settled?(job: J, outcome: Outcome): void;
  /** A job that is held here, has passed or was taken has ended, or will come anew. */
  leave(job: J): void;
  /** Why it holds a job; null where it doesn't. */
  why(job: J): Hold | null;
}
