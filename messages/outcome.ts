/**
 * How a job ended. Expected endings are data; nothing is thrown for them.
 *
 * @module
 */

/** Why a job did not end `done`: a closed set, so that rates can be kept by it. */
export type Category =
  | "exit"
  | "signal"
  | "timeout"
  | "oom"
  | "spawn"
  | "validation"
  | "permission"
  | "cancelled"
  | "dependency"
  | "protocol"
  | "lost"
  | "internal";

/** What a job used. A number that was not measured is null, never a guessed 0. */
export interface Resources {
  /** CPU time. */
  readonly cpuSeconds: number | null;
  /** Largest resident memory. */
  readonly peakBytes: number | null;
  /** Bytes read and written. */
  readonly ioBytes: number | null;
  /** How the numbers were taken. */
  readonly source: "none" | "thread" | "worker" | "samples" | "cgroup";
}

/** Captured output of a command. */
export interface CommandOutput {
  /** Null when a signal ended it or it never ran. */
  readonly exitCode: number | null;
  /** Name of the signal that ended it, null otherwise. */
  readonly signal: string | null;
  /** Text as UTF-8; bytes that are not UTF-8 come as base64 under `stdoutBase64`. */
  readonly stdout: string;
  /** As `stdout`. */
  readonly stderr: string;
  /** Standard output that is not UTF-8. */
  readonly stdoutBase64?: string;
  /** Standard error that is not UTF-8. */
  readonly stderrBase64?: string;
  /** A temporary file with the whole output, where it was larger than 64 KiB and wanted whole. */
  readonly stdoutFile?: string;
  /** As `stdoutFile`. */
  readonly stderrFile?: string;
  /** Bytes that were dropped to keep within the cap. 0 when the output is whole. */
  readonly droppedBytes: number;
}

/** One ending with its numbers. `type` is the ending; the rest says why and what it took. */
export interface Outcome extends Partial<CommandOutput> {
  /** The ending. */
  readonly type: "done" | "failed" | "dead" | "timedOut" | "expired" | "lost" | "cancelled";
  /** The task's return value; only when `done`. */
  readonly output?: unknown;
  /** The result is that of an earlier job that asked for the same; this one was not run. */
  readonly cache?: "hit";
  /** Why it did not end `done`. */
  readonly category?: Category;
  /** A stable word for programs: `exit_nonzero`, `poison`, `task_load_failed`, … */
  readonly code?: string;
  /** One sentence for people. */
  readonly message?: string;
  /** Time before another attempt makes sense, ms: what the task's error said, at most 24 h. */
  readonly retryAfterMs?: number;
  /** Attempts begun, also by earlier starts of the service. */
  readonly attempts: number;
  /** How those before the last one ended, at most the latest 5; absent where there were none. */
  readonly failures?: readonly FailedAttempt[];
  /** The job was accepted by an earlier start of the service. */
  readonly restored?: true;
  /** From acceptance (or the due time) to the last start, ms. */
  readonly waitMs: number;
  /** Of that, how long keys held it, ms: only of steps of a workflow that had to wait for keys. */
  readonly keysMs?: number;
  /** From the last start to the end, ms. */
  readonly durationMs: number;
  /** What the last attempt used. */
  readonly resources: Resources;
  /** The worker of the last attempt as `seat.generation`, null when none had it. */
  readonly worker: string | null;
  /** Trace id of the job, 32 hex digits. */
  readonly traceId?: string;
  /** How each stage of a staged run ended, in order. */
  readonly stages?: readonly StageEnding[];
  /** The workspace of a staged run. */
  readonly workspace?: WorkspaceUse;
}

/** How an attempt ended that another one followed. */
export interface FailedAttempt extends Pick<Outcome, "type" | "category" | "code" | "message"> {
  /** Its number, from 1. */
  readonly attempt: number;
  /** ISO 8601; of an attempt that was lost with the service, when the next start found that. */
  readonly endedAt: string;
  /** How long it ran, ms; null where nobody knows. */
  readonly durationMs: number | null;
}

/** How one stage of a staged run ended; `skipped` where another one had failed before it. */
export interface StageEnding
  extends Omit<Outcome, "type" | "traceId" | "stages" | "workspace" | "failures"> {
  /** Name of the stage. */
  readonly name: string;
  /** The ending, or that it never began. */
  readonly type: Outcome["type"] | "skipped";
  /** From the end of what came before it to its own, ms; all of them and the workspace's make up the run. */
  readonly tookMs: number;
}

/** What a staged run found in its workspace. */
export interface WorkspaceUse {
  /** Whether it could go on with what an earlier run of its project had left. */
  readonly warm: boolean;
  /** Time to make it ready, ms. */
  readonly tookMs: number;
}
