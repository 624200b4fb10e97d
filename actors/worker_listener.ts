/**
 * Who hears what a worker does.
 *
 * @module
 */
import type { Outcome } from "../messages/outcome.ts";
import type { Job } from "./job.ts";
import type { Exit } from "./ports.ts";

/**
 * Who hears what a worker does.
 *
 * @typeParam L the link to the worker
 */
export interface WorkerListener<L> {
  connected(worker: L, pid: number): void;
  ready(worker: L): void;
  /** Jobs that were begun. */
  began(worker: L, jobs: readonly Job[]): void;
  /** Jobs that come back without having been begun. */
  returned(worker: L, jobs: readonly Job[]): void;
  finished(worker: L, job: Job, outcome: Outcome): void;
  told(worker: L, job: Job, kind: "log" | "progress", value: unknown): void;
  /** All of a frame has been dealt with. */
  heard(worker: L): void;
  /** It broke the rules of the wire. */
  garbage(worker: L, because: string): void;
  gone(worker: L, exit: Exit | null, because: string): void;
}
