/**
 * What a queue is bounded by and whom it tells.
 *
 * @module
 */
import type { Outcome } from "../messages/outcome.ts";
import type { Job } from "./job.ts";
import type { Lane } from "./lane.ts";

/** Bounds of the queue. */
export interface QueueLimits {
  /** Jobs that may be open at once. Default 1,000,000. */
  readonly jobsMax: number;
  /** Characters of their payloads. Default 1 GiB. */
  readonly bytesMax: number;
}

/** Who hears of what the queue does; called in the same turn. */
export interface QueueListener {
  accepted(jobs: readonly Job[]): void;
  requeued(jobs: readonly Job[]): void;
  ended(job: Job, outcome: Outcome): void;
  /** A job in a worker has no more time. */
  overdue(job: Job): void;
  /** Jobs lie ready in `lane`; `atOnce`: workers are to have them before this turn is over. */
  ready(lane: Lane, atOnce?: boolean): void;
}
