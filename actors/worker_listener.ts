/**
 * Who hears what a worker does.
 *
 * @module
 */
import type { ToldFact } from "../messages/facts.ts";
import type { Outcome } from "../messages/outcome.ts";
import type { Kin } from "./credit.ts";
import type { Job } from "./job.ts";
import type { Operation } from "./operation.ts";
import type { Exit, Grant } from "./ports.ts";

/** What a link is made with. */
export interface WorkerOptions {
  readonly seat: number;
  readonly generation: number;
  readonly grant: Grant;
  /** Jobs that may run in it at once. */
  readonly slotsMax: number;
  /** Operations it is told of when it is ready; others when their first job comes. */
  readonly known: readonly Operation[];
  /** What it shares with the others of its grant. */
  readonly kin: Kin;
}

/** A denied access as a worker tells it: whose, which permission, what was asked for. */
export type Violated = readonly [operation: number, permission: string, asked: string];

/**
 * Who hears what a worker does.
 *
 * @typeParam L the link to the worker
 */
export interface WorkerListener<L> {
  ready(worker: L): void;
  /** What is sent to it of a job with limits. */
  payload(worker: L, job: Job): string;
  /** What it is told of the trace of a job that has one. */
  trace(worker: L, job: Job): string;
  /** The process of a command was started; `pid` as the worker sees it. */
  spawned(worker: L, job: Job, pid: number): void;
  /** A job is asked to end. */
  asked(worker: L, job: Job): void;
  /** Jobs that were begun. */
  began(worker: L, jobs: readonly Job[]): void;
  /** Jobs that come back without having been begun. */
  returned(worker: L, jobs: readonly Job[]): void;
  finished(worker: L, job: Job, outcome: Outcome): void;
  told(worker: L, job: Job, kind: ToldFact["kind"], value: unknown): void;
  /** An access was denied to one of its tasks. */
  violated(worker: L, violated: Violated): void;
  /** All of a frame has been dealt with. */
  heard(worker: L): void;
  /** It broke the rules of the wire. */
  garbage(worker: L, because: string): void;
  gone(worker: L, exit: Exit | null, because: string): void;
}
