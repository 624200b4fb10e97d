/**
 * The runtime as programs hold it: what `mod.ts`, the service and the command line call.
 *
 * @module
 */
import type { InspectionEvent, Observer } from "xstate";
import type { Alerts } from "../messages/alert.ts";
import type { Decision } from "../messages/decision.ts";
import type { Fact, FactsOptions, GapFact, Stamped } from "../messages/facts.ts";
import type { Accepted, JobFilter, JobPage, JobSpec, JobView, Standing } from "../messages/job.ts";
import type { LogPiece } from "../messages/log.ts";
import type { InsightHandle } from "../messages/insight.ts";
import type { Limits } from "../messages/limits.ts";
import type { Outcome } from "../messages/outcome.ts";
import type { MetricsHandle } from "../messages/metrics_handle.ts";
import type { ScheduleSpec, ScheduleView } from "../messages/schedule.ts";
import type { PoolStatus, Resizing, Status, WhyJob } from "../messages/status.ts";
import type { WhyPool } from "../messages/why_pool.ts";
import type { WorkflowPage, WorkflowView } from "../messages/workflow.ts";
import type { Config } from "./config.ts";
import type { ConfigHandle, Reloaded } from "./config_desk.ts";

export { JobError } from "./job_error.ts";
export { type Issue, Refusal } from "./refusal.ts";

/** Options of one call of {@link Runtime.run}. */
export type RunOptions =
  & Pick<
    JobSpec,
    | "priority"
    | "rank"
    | "timeoutMs"
    | "queueTimeoutMs"
    | "progressTimeoutMs"
    | "totalTimeoutMs"
    | "deadlineAt"
    | "retries"
    | "backoff"
    | "pool"
    | "profile"
    | "key"
    | "keys"
    | "units"
    | "onLoss"
    | "limits"
    | "cache"
  >
  & {
    /** Cancels the job when aborted. */
    readonly signal?: AbortSignal;
  };

/** Options of {@link Runtime.map}. */
export type MapOptions = RunOptions & {
  /** Results in the order of the items. Default true. */
  readonly ordered?: boolean;
  /** Yield outcomes instead of outputs and go on after failures. Default false. */
  readonly settle?: boolean;
  /** Most items under way at once. Default 1,024. */
  readonly inFlight?: number;
};

/** Options of {@link Runtime.command}. */
export type CommandOptions = RunOptions & {
  /** Added to the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly stdin?: string;
};

/** Options of {@link Runtime.log}. */
export interface LogOptions {
  /** Stay until the job has ended. Default false. */
  readonly follow?: boolean;
  /** Only what comes after this `place` of a piece. Default: from the beginning. */
  readonly after?: string;
  /** Ends the following. */
  readonly signal?: AbortSignal;
}

/** Operator's grip on one pool. */
export interface PoolHandle {
  /** The pool in numbers. */
  status(): PoolStatus;
  /** Keeps exactly `workers` until resumed or for `forMs`. */
  pin(workers: number, forMs?: number): void;
  /** Same as pin; the name operators know. Tells how far the pool is from it. */
  resize(workers: number, forMs?: number): Resizing;
  /**
   * Starts no jobs until resumed or for `forMs`; what runs goes on. With `scaling`, jobs go on and the
   * pool does not shrink (`in`), does not grow (`out`), or neither (`both`), which is a pin at its size.
   */
  pause(forMs?: number, scaling?: "in" | "out" | "both"): void;
  /** Starts no jobs and lets each worker go when its jobs have ended, until resumed or for `forMs`. */
  drain(forMs?: number): void;
  /** Ends a pin, a pause, a drain and all quarantines. */
  resume(): void;
}

/** The schedules of a runtime. */
export interface ScheduleHandle {
  /** All of them, by name. */
  list(): Promise<readonly ScheduleView[]>;
  /** One; null when there is none of that name. */
  get(name: string): Promise<ScheduleView | null>;
  /**
   * Takes a schedule; resolves when it is safe. The same one again is no other. Rejects with Refusal
   * `invalid_schedule`, `schedule_exists`, `too_many_schedules` or what is wrong with its job.
   */
  add(name: string, spec: ScheduleSpec): Promise<ScheduleView>;
  /** Forgets one; its jobs stay. False when there is none; rejects where the configuration has it. */
  remove(name: string): Promise<boolean>;
  /** Makes no jobs until it is resumed; false when there is none. */
  pause(name: string): Promise<boolean>;
  /** Makes jobs again, from now on. */
  resume(name: string): Promise<boolean>;
  /** Its next instants, ISO 8601, by default 5; null when there is none. */
  next(name: string, count?: number): Promise<readonly string[] | null>;
}

/** How a runtime is closed. A further call can only hasten it. */
export interface CloseOptions {
  /** Time that jobs have before they are asked to end. Default 25 s. */
  readonly drainMs?: number;
  /**
   * Only jobs that have begun get that time. So it is always with a data directory, where the rest
   * waits for the next start; without one the rest ends `cancelled`. Default false.
   */
  readonly begunOnly?: boolean;
}

/** A running Flyball. */
export interface Runtime extends AsyncDisposable {
  /** Runs one task and returns its output; rejects with {@link JobError} or {@link Refusal}. */
  run(task: string, input?: unknown, options?: RunOptions): Promise<unknown>;
  /** Runs a task for each item with a bounded window. */
  map(
    task: string,
    items: Iterable<unknown> | AsyncIterable<unknown>,
    options?: MapOptions,
  ): AsyncIterableIterator<unknown>;
  /** Runs one command as its caller; always resolves with its outcome (or rejects with Refusal). */
  command(argv: readonly string[], options?: CommandOptions): Promise<Outcome>;
  /** Accepts a job; resolves when it is safe. */
  submit(spec: JobSpec): Promise<Accepted>;
  /** Accepts all of them or none. */
  submitAll(specs: readonly JobSpec[]): Promise<readonly Accepted[]>;
  /** Looks a job up, open or ended; null when unknown. */
  job(id: string): Promise<JobView | null>;
  /** Resolves when the job has ended or the time is over, with what is known then. */
  wait(id: string, withinMs: number): Promise<JobView | null>;
  /** What a job has said, and with `follow` all it says until it ends; null when unknown. */
  log(id: string, options?: LogOptions): Promise<AsyncIterableIterator<LogPiece> | null>;
  /**
   * Cancels a job that has not ended; false when it had ended; null when unknown. Resolves when that
   * is safe: one that runs is told then, and in a service that is killed before it ends, it doesn't
   * run again.
   */
  cancel(id: string, because?: string): Promise<boolean | null>;
  /**
   * Puts a job that has ended back into the queue, with its id and fresh attempts; resolves when that
   * is safe. False when it is done or has not ended; null when unknown.
   */
  retry(id: string): Promise<boolean | null>;
  /**
   * Changes what a job may take, also while it runs: it goes on and is held to these limits and
   * those of its operation. False when it had ended; null when unknown. Rejects with a Refusal where
   * it can't be held to them; what was set so far stays.
   */
  limit(id: string, limits: Limits): Promise<boolean | null>;
  /**
   * Gives a job another class, another rank, or both; resolves when that is safe. What waits goes to
   * its new place. False when it had ended; null when unknown.
   */
  prioritise(id: string, standing: Standing): Promise<boolean | null>;
  /**
   * Jobs that were submitted, open and ended, in order of acceptance; a page at a time. Rejects with
   * Refusal where the filter is none.
   */
  jobs(filter?: JobFilter): Promise<JobPage>;
  /** The whole runtime in numbers and one sentence. */
  status(): Status;
  /** What is wrong, what was, and who is told of it. */
  alerts(): Alerts;
  /** Latest decisions of this start, newest last; `insight.decisions` has those of earlier ones too. */
  decisions(limit?: number): readonly Decision[];
  /** Facts from now on, or those after `from` where they are still kept, until the signal. */
  facts(options?: FactsOptions): AsyncIterableIterator<Stamped<Fact> | GapFact>;
  /** The same for who passes them on: as many at a time as have come, at most 256. */
  factBatches(
    options?: FactsOptions,
  ): AsyncIterableIterator<readonly (Stamped<Fact> | GapFact)[]>;
  /** Why the usual pool has its size. */
  why(): Promise<WhyPool>;
  /** Why a job waits. */
  why(id: string): Promise<WhyJob | null>;
  /** The grip on a pool; throws Refusal `unknown_pool`. */
  pool(name?: string): PoolHandle;
  /** All jobs with this `executionId`, and what took them so long; null when there is none. */
  workflow(id: string): Promise<WorkflowView | null>;
  /**
   * Cancels all jobs with this `executionId` that have not ended; resolves with how many those were,
   * null when there is no such job. Again it is 0.
   */
  cancelWorkflow(id: string, because?: string): Promise<number | null>;
  /** Workflows, the one with the latest job first, 50 a page. */
  workflows(
    options?: { readonly limit?: number; readonly before?: string },
  ): Promise<WorkflowPage>;
  /** What operations took and how they ended, and how the service was doing, over time. */
  readonly metrics: MetricsHandle;
  /** What stands in the way, what there is room for, what became of a job: for people in trouble. */
  readonly insight: InsightHandle;
  /** Jobs that are made again and again. */
  readonly schedules: ScheduleHandle;
  /** Every XState inspection event from now on; actors that live already are announced first. */
  inspect(observer: Observer<InspectionEvent>): () => void;
  /**
   * Serves the HTTP API in-process, for mounting in any server. It heeds `server.allowedHosts` and
   * `server.tokenFile` and `tokensFile` of the configuration; without them it answers whoever asks for localhost.
   */
  fetch(request: Request): Promise<Response>;
  /**
   * Takes another configuration while running. What needs a restart is told and left as it is. When
   * `load` throws, nothing changes and the reason is told as the alert `config_rejected`. `by` is
   * remembered with the version; default `program`.
   */
  reload(load: () => Config | Promise<Config>, by?: string): Promise<Reloaded>;
  /** Tells the fact `asked`: who has changed something by which request. Doors call it. */
  readonly asked: (by: string, request: string) => void;
  /** The configuration in force, and the way to change it while running. */
  readonly config: ConfigHandle;
  /**
   * Stops taking jobs and lets running ones end within `drainMs`. Then they are asked to (SIGTERM, or
   * the abort signal), and ended by force after another 5 s, or `drainMs` where that is less.
   */
  close(options?: CloseOptions): Promise<void>;
  /** Resolves with the reason if the runtime had to give up (exit 70), never otherwise. */
  readonly gaveUp: Promise<string>;
  /** True until `close` begins. */
  readonly accepting: boolean;
  /** Pid of every live worker, for tests and `doctor`. */
  readonly workerPids: readonly number[];
}
