/**
 * What others may do at certain moments of a runtime.
 *
 * @module
 */
import type { Decision } from "./decision.ts";
import type { Labels, Reason } from "./facts.ts";
import type { Ending } from "./job.ts";
import type { Reading } from "./signals.ts";

/** A runtime has started. */
export interface InitEvent {
  /** Version of Flyball. */
  readonly version: string;
  /** Names of its pools. */
  readonly pools: readonly string[];
}

/** Some time has passed: as much as between two looks at the host, 1 s unless configured otherwise. */
export interface TickEvent {
  /** Name of the pool. */
  readonly pool: string;
  /** What its policies saw last. */
  readonly reading: Reading;
}

/** A job has ended. */
export interface TaskEndEvent {
  /** Id of the job. */
  readonly id: string;
  /** What its statistics are kept under. */
  readonly operation: string;
  /** How it ended. */
  readonly ending: Ending;
  /** Times that it was begun. */
  readonly attempts: number;
  /** From when it could begin to its last start, or its end without one, ms. */
  readonly waitMs: number;
  /** From its last start to its end, ms. */
  readonly durationMs: number;
  /** Why it did not end `done`; null where it did. */
  readonly reason: Reason | null;
  /** What its caller calls it; null where it has no label. */
  readonly labels: Labels | null;
}

/**
 * Functions that are called at certain moments, one after another and in the order of what happened.
 * What they throw, or take longer for than they may, is told as the alert `hook_failed` and changes
 * nothing else.
 */
export interface Hooks {
  /** Once, when the runtime has started. */
  onInit?(event: InitEvent): void | Promise<void>;
  /** For each pool at each tick; one that is not over when the next is due takes its place. */
  onTick?(event: TickEvent): void | Promise<void>;
  /** For each job that has ended, however it did. */
  onTaskEnd?(event: TaskEndEvent): void | Promise<void>;
  /** For each decision about the size of a pool, adopted or not; its verdict comes later, as a fact. */
  onDecision?(event: Decision): void | Promise<void>;
}
