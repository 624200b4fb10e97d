/**
 * A job, as it is asked for and as it is shown.
 *
 * @module
 */
import type { Limits } from "./limits.ts";
import type { FailedAttempt, Outcome } from "./outcome.ts";

/** Longest time that an idempotency key is good, ms: as long as what is done is kept. */
export const longestWindowMs = 86_400_000;

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

/** The endings. Nothing follows them, unless somebody retries a job that is not `done`. */
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

/** What can be run: exactly one of `task`, `command` and `shell`, with what goes into it. */
export interface Work {
  /** Name of a registered task. */
  readonly task?: string;
  /** A program and its arguments, started without a shell. */
  readonly command?: readonly string[];
  /** Text for `/bin/sh`; refused unless `commands.shell` is true. */
  readonly shell?: string;
  /** What the shell text finds in `$1`, `$2`, …: values are passed, never put into the text. */
  readonly args?: readonly string[];
  /** The task's input: any JSON value. */
  readonly input?: unknown;
  /** Environment of a command, added to the allow-list of the service. */
  readonly env?: Readonly<Record<string, string>>;
  /** Working directory of a command. Default: a temporary one of its own. */
  readonly cwd?: string;
  /** Standard input of a command. Default: none. */
  readonly stdin?: string;
}

/** One stage of a staged run. Its `cwd` is a path inside the workspace, by default the whole. */
export interface Stage extends Work {
  /** Names the stage in the outcome; no two stages of a run have the same. */
  readonly name: string;
  /** Longest time it may run, ms, 1..2147483647. Default: that of a job. */
  readonly timeoutMs?: number;
  /** Longest silence, ms: no progress, no log line, no output. Default none. */
  readonly progressTimeoutMs?: number;
  /** Runs also after a failure, a cancel or the end of the run's time. Default false. */
  readonly always?: boolean;
}

/** How the workspace of a project is made ready for its next run. */
export interface Workspace {
  /** Paths in it that outlive the emptying between two runs, such as `node_modules`. */
  readonly keep?: readonly string[];
  /** A program and its arguments that makes it ready instead of emptying it. */
  readonly reset?: readonly string[];
}

/** What becomes of a job when one that it waits for did not end `done`. */
export type OnFailure = "fail" | "run" | "skip";

/** A job that another one waits for. */
export interface Dependency {
  /** Its id, or the `taskId` of a job of the same submit. */
  readonly id: string;
  /**
   * When it does not end `done`: this one fails with the category `dependency` (`fail`, the
   * default), begins all the same (`run`), or ends `cancelled` with the code `skipped` (`skip`).
   */
  readonly onFailure?: OnFailure;
}

/** What a caller asks for: exactly one of `task`, `command`, `shell` and `stages`. */
export interface JobSpec extends Work {
  /** A staged run: one after another in one workspace, until one fails. */
  readonly stages?: readonly Stage[];
  /** How the workspace of a staged run of a project is reset. Default: it is emptied. */
  readonly workspace?: Workspace;
  /** Name of the pool. Default: that of its profile or operation, else `default`. */
  readonly pool?: string;
  /** What it is given where it says nothing: a name of the configuration. Default: none. */
  readonly profile?: string;
  /**
   * What statistics are kept and limits are configured under. Default: the task's name, the
   * command's base name, `shell`, or `run` for a staged run, whose stages are `run:STAGE`.
   */
  readonly operation?: string;
  /** Default `normal`. */
  readonly priority?: Priority;
  /** Inside its class, -100..100: jobs of a higher rank go first. Default 0. */
  readonly rank?: number;
  /**
   * Longest run of one attempt, ms, 1..2147483647. Default: 1 h for submitted jobs
   * (`jobs.timeoutMs`), none for `run`, `map` and `command`.
   */
  readonly timeoutMs?: number;
  /** Jobs that have to end before it begins, at most 1,000: their ids, or what to do if they fail. */
  readonly after?: readonly (string | Dependency)[];
  /** When it may begin, by the wall clock: ISO 8601 with an offset, or epoch ms. Default: at once. */
  readonly runAt?: string | number;
  /** The same, ms from acceptance. */
  readonly delayMs?: number;
  /**
   * Longest wait for a start, ms from acceptance or from the instant it waits for; then the job is
   * `expired`. Default none.
   */
  readonly queueTimeoutMs?: number;
  /** Longest silence of one attempt, ms: no progress, no log line, no output. Default none. */
  readonly progressTimeoutMs?: number;
  /** From acceptance, or the instant it waits for, to the end over all attempts, ms. Default none. */
  readonly totalTimeoutMs?: number;
  /**
   * Instant by which it has to have ended, ISO 8601 or epoch ms. One that has passed is refused; at
   * the instant, what waits is `expired` and what runs `timedOut`. Default none.
   */
  readonly deadlineAt?: string | number;
  /**
   * Attempts after the first, 0..100. Default: what its operation or `jobs.retries` says, else 0.
   * Deaths of workers are not counted here.
   */
  readonly retries?: number;
  /** Waits between attempts. */
  readonly backoff?: Backoff;
  /** Same key and same body give the same job for 24 h; same key and another body is a conflict. */
  readonly idempotencyKey?: string;
  /** How long its idempotency key is good, ms from acceptance, 1..86400000. Default 24 h. */
  readonly idempotencyWindowMs?: number;
  /**
   * As long as a job with this key has not ended, a submit with it gives that job, whatever else it
   * asks for.
   */
  readonly singletonKey?: string;
  /**
   * Whether it may be given the result of an earlier job that asked for the same, and its own is kept:
   * true for work that depends on nothing but what is asked for. Default: as its operation says.
   */
  readonly cache?: boolean;
  /** `scope:name`: so many jobs of one key run at once as `limits` of the configuration say. */
  readonly key?: string;
  /** Several keys, at most 8, instead of `key`: it waits until it may have all of them. */
  readonly keys?: readonly string[];
  /**
   * What it will take of units that its keys have rates of, such as `{ tokens: 1200 }`. One of
   * `requests` unless it says so.
   */
  readonly units?: Readonly<Record<string, number>>;
  /**
   * Label, carried to every fact and log line of the job, and the key `project:<id>`; staged runs of
   * one project share a workspace.
   */
  readonly projectId?: string;
  /**
   * The workflow this job is part of: all jobs with it. Made up for jobs that are submitted together,
   * where one waits for another.
   */
  readonly executionId?: string;
  /** Label: the caller's own name for this job. */
  readonly taskId?: string;
  /** Label: what ties the log lines of several services together. */
  readonly correlationId?: string;
  /** W3C trace context of the caller. */
  readonly traceparent?: string;
  /** What to do when the worker, or the service, dies that runs the job. Default `retry`. */
  readonly onLoss?: "retry" | "fail";
  /** What it may take of the machine; those of its operation hold as well. Default: no limits. */
  readonly limits?: Limits;
}

/** A job as shown to people and programs. Times are ISO 8601. */
export interface JobView {
  /** `j` and a number in base 36 that grows in order of acceptance. */
  readonly id: string;
  /** Where the job stands now. */
  readonly state: JobState;
  /** Name of the task, where it is one. */
  readonly task?: string;
  /** Program and arguments, where it is a command. */
  readonly command?: readonly string[];
  /** Text for the shell, where it is that. */
  readonly shell?: string;
  /** Names of the stages, where it is a staged run. */
  readonly stages?: readonly string[];
  /** What statistics are kept under. */
  readonly operation: string;
  /** Name of the pool. */
  readonly pool: string;
  /** Its class in the queue. */
  readonly priority: Priority;
  /** Its rank inside its class, where it was given one. */
  readonly rank?: number;
  /** The attempt that runs or comes next, from 1; of an ended job, attempts begun. */
  readonly attempt: number;
  /** Of one that has not ended: how its attempts so far did, at most the latest 5. */
  readonly failures?: readonly FailedAttempt[];
  /** When the job was safe, the last time where it was retried by hand. */
  readonly acceptedAt: string;
  /** When it may begin, where it was asked for later. */
  readonly runAt?: string;
  /** Ids of the jobs that it waits for, or waited for. */
  readonly after?: readonly string[];
  /** When the latest attempt began. */
  readonly startedAt?: string;
  /** While it runs: what its attempt may take, ms, where that was learnt of its operation. */
  readonly learntTimeoutMs?: number;
  /** When it ended. */
  readonly endedAt?: string;
  /** Its keys, that of its project too. */
  readonly keys?: readonly string[];
  /** Label of the caller's project. */
  readonly projectId?: string;
  /** Label of the caller's workflow. */
  readonly executionId?: string;
  /** Label of the caller's task. */
  readonly taskId?: string;
  /** Label of the caller's trace. */
  readonly correlationId?: string;
  /** How it ended; absent until then. */
  readonly outcome?: Outcome;
}

/** Which jobs a list shows; all that is said must hold. */
export interface JobFilter {
  /** Where they stand. */
  readonly state?: JobState;
  /** Name of the task. */
  readonly task?: string;
  /** What statistics are kept under. */
  readonly operation?: string;
  /** One of their keys, `project:ID` too. */
  readonly key?: string;
  /** At most so many, 1..1000. Default 50. */
  readonly limit?: number;
  /** Which come first. Default `oldest`. */
  readonly order?: "oldest" | "latest";
  /** Only jobs that come after the one with this id, in that order. */
  readonly after?: string;
}

/** Jobs in order of acceptance, or the other way round. */
export interface JobPage {
  /** One page of them. */
  readonly items: readonly JobView[];
  /** `after` of the page that follows; absent when there is none. */
  readonly next?: string;
}

/** What a job's place in the queue follows from. */
export interface Standing {
  /** Its class. */
  readonly priority?: Priority;
  /** Inside its class, -100..100: more goes first. */
  readonly rank?: number;
}

/** The answer to a submit: what was accepted, or found again by one of its keys. */
export interface Accepted {
  /** Id of the job. */
  readonly id: string;
  /** Where it stood when it was accepted or found. */
  readonly state: JobState;
  /** The workflow that it is part of, where one job of the submit waits for another. */
  readonly executionId?: string;
  /** True when an earlier submit with this idempotency key, or singleton key, made the job. */
  readonly duplicate?: true;
}

/** A job that was accepted, for who waited for its end. */
export interface Submitted extends Accepted {
  /** How it ended; absent where it has not in time. */
  readonly outcome?: Outcome;
}
