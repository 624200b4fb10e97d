/**
 * Who hears what a worker does.
 *
 * @module
 */
import type { Outcome } from "../messages/outcome.ts";
import type { Job } from "./job.ts";
import type { Exit } from "./ports.ts";
import type { WorkerLink } from "./worker.ts";

/** Who hears what a worker does. */
export interface WorkerListener {
  connected(worker: WorkerLink, pid: number): void;
  ready(worker: WorkerLink): void;
  /** Jobs that were begun. */
  began(worker: WorkerLink, jobs: readonly Job[]): void;
  /** Jobs that come back without having been begun. */
  returned(worker: WorkerLink, jobs: readonly Job[]): void;
  finished(worker: WorkerLink, job: Job, outcome: Outcome): void;
  told(worker: WorkerLink, job: Job, kind: "log" | "progress", value: unknown): void;
  /** All of a frame has been dealt with. */
  heard(worker: WorkerLink): void;
  /** It broke the rules of the wire. */
  garbage(worker: WorkerLink, because: string): void;
  gone(worker: WorkerLink, exit: Exit | null, because: string): void;
}
