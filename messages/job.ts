/**
 * A job, as it is asked for and as it is shown.
 *
 * @module
 */
import type { Outcome } from "./outcome.ts";

/** The three classes of a queue; an unset priority is `normal`. */
export type Priority = "high" | "normal" | "low";

/** Where a job stands: five ways of being alive, then one ending. */
export type JobState =
  | "scheduled"
  | "waiting"
  | "blocked"
  | "running"
  | "retrying"
  | Ending;

/** The endings. Nothing follows an ending, except that a `dead` job can be redriven. */
export type Ending =
  | "done"
  | "failed"
  | "dead"
  | "timedOut"
  | "expired"
  | "lost"
  | "cancelled";

/** How long to wait before attempt n + 1: `baseMs` x 2^(n-1), at most `maxMs`, with full jitter. */
export interface Backoff {
  /** First delay, ms. Default 1,000. */
  readonly baseMs?: number;
  /** Longest delay, ms. Default 300,000. */
  readonly maxMs?: number;
}

/** What a caller asks for: exactly one of `task` and `command`, all else optional. */
export interface JobSpec {
  /** Name of a registered task. */
  readonly task?: string;
  /** A program and its arguments, started without a shell. */
  readonly command?: readonly string[];
  /** The task's input: any JSON value. */
  readonly input?: unknown;
  /** Name of the pool. Default `default`. */
  readonly pool?: string;
  /** What statistics are kept under. Default: the task's name or the command's base name. */
  readonly operation?: string;
  /** Default `normal`. */
  readonly priority?: Priority;
  /** Longest run of one attempt, ms, 1..2147483647. Default: 1 h in the service, none in the library. */
  readonly timeoutMs?: number;
  /** Longest wait for a start, ms; then the job is `expired`. Default none. */
  readonly queueTimeoutMs?: number;
  /** Attempts after the first, 0..100. Default 0. Deaths of workers are not counted here. */
  readonly retries?: number;
  readonly backoff?: Backoff;
  /** Same key and same body give the same job for 24 h; same key and another body is a conflict. */
  readonly idempotencyKey?: string;
  /** Environment of a command, added to the allow-list of the service. */
  readonly env?: Readonly<Record<string, string>>;
  /** Working directory of a command. Default: a temporary one of its own. */
  readonly cwd?: string;
  /** Standard input of a command. Default: none. */
  readonly stdin?: string;
  /** Labels, carried to every fact and log line of the job. */
  readonly projectId?: string;
  readonly executionId?: string;
  readonly taskId?: string;
  readonly correlationId?: string;
  /** W3C trace context of the caller. */
  readonly traceparent?: string;
  /** What to do when the worker running the job dies. Default `retry`. */
  readonly onLoss?: "retry" | "fail";
}

/** A job as shown to people and programs. Times are ISO 8601. */
export interface JobView {
  readonly id: string;
  readonly state: JobState;
  readonly task?: string;
  readonly command?: readonly string[];
  readonly operation: string;
  readonly pool: string;
  readonly priority: Priority;
  readonly attempt: number;
  readonly acceptedAt: string;
  readonly startedAt?: string;
  readonly endedAt?: string;
  readonly projectId?: string;
  readonly executionId?: string;
  readonly taskId?: string;
  readonly correlationId?: string;
  readonly outcome?: Outcome;
}

/** The answer to a submit: what was accepted, or found again by its idempotency key. */
export interface Accepted {
  readonly id: string;
  readonly state: JobState;
  /** True when an earlier submit with this idempotency key made the job. */
  readonly duplicate?: true;
}
