/**
 * From what a worker says about a job to the job's outcome.
 *
 * @module
 */
import type { Category, CommandOutput, Outcome, Resources } from "../messages/outcome.ts";
import { doom } from "./doom.ts";
import { causeOf } from "./exit.ts";
import { type Job, unmeasured } from "./job.ts";

/** Endings on the wire. */
export const done = 0;
export const failed = 1;
export const aborted = 2;

/** Longest wait that a failed attempt may ask for, ms. */
const retryAfterMaxMs = 86_400_000;

type Failure = Pick<Outcome, "retryAfterMs"> & {
  readonly category: Category;
  readonly code: string;
  readonly message: string;
};

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null;

function isFailure(payload: unknown): payload is Failure {
  return isRecord(payload) && typeof payload["category"] === "string" &&
    typeof payload["code"] === "string";
}

/** To the microsecond: more is noise, and twice as long to write down. */
const exact = (ms: number): number => Math.round(ms * 1_000) / 1_000;

/** A task that ended in the same turn in which it began: all its time was thread time. */
const heldThread = (runMs: number): Resources => ({
  cpuSeconds: Math.round(runMs * 1_000) / 1e6,
  peakBytes: null,
  ioBytes: null,
  source: "thread",
});

/** The outcome of an attempt that ended in a worker. What the worker says is not believed blindly. */
export function conclude(
  job: Job,
  ending: number,
  payload: unknown,
  runMs: number,
  worker: string,
): Outcome {
  const isCommand = (job.spec.command ?? job.spec.shell) !== undefined;
  const attempts = job.attempt;
  const waitMs = exact(Math.max(0, job.startedMs - job.dueMs));
  const durationMs = runMs;
  const resources = job.resources ??
    (job.operation.grant.kind === "command" ? unmeasured : heldThread(runMs));
  if (ending === done && job.doomed === null && !isCommand) {
    return { type: "done", output: payload, attempts, waitMs, durationMs, resources, worker };
  }
  const base = { attempts, waitMs, durationMs, resources, worker };
  if (job.doomed !== null || ending === aborted) {
    return { ...base, ...doom(job), ...(isCommand && commandOutput(payload)) };
  }
  if (isCommand) return { ...base, ...ofCommand(job.spec.command?.[0] ?? "the shell", payload) };
  return { ...base, type: "failed", ...failure(payload) };
}

/** The outcome of a job that ended without an answer of its worker. */
export function concludeWithout(
  job: Job,
  how: Pick<Outcome, "type"> & Partial<Outcome>,
  nowMs: number,
  worker: string | null,
): Outcome {
  // One that waits was begun in an earlier attempt, if ever.
  const startedMs = job.state === "running" ? job.startedMs : nowMs;
  return {
    attempts: job.attempt,
    waitMs: exact(Math.max(0, startedMs - job.dueMs)),
    durationMs: exact(Math.max(0, nowMs - startedMs)),
    resources: job.resources ?? unmeasured,
    worker,
    ...how,
  };
}

function failure(payload: unknown): Failure {
  if (isFailure(payload)) {
    const { category, code, message, retryAfterMs: ms } = payload;
    const retryAfterMs = typeof ms === "number" && ms >= 0 ? Math.min(ms, retryAfterMaxMs) : null;
    return { category, code, message, ...(retryAfterMs !== null && { retryAfterMs }) };
  }
  return { category: "protocol", code: "bad_payload", message: "The worker gave no reason" };
}

function commandOutput(payload: unknown): Partial<CommandOutput> {
  return isRecord(payload) && typeof payload["stdout"] === "string"
    ? payload as Partial<CommandOutput>
    : {};
}

function ofCommand(program: string, payload: unknown): Partial<Outcome> & Pick<Outcome, "type"> {
  const output = commandOutput(payload);
  if (isFailure(payload)) return { type: "failed", ...output, ...failure(payload) };
  const { exitCode, signal, stderr = "" } = output;
  if (exitCode === 0) return { type: "done", ...output };
  const bySignal = typeof signal === "string";
  if (!bySignal && typeof exitCode !== "number") return { type: "failed", ...failure(payload) };
  const how = bySignal ? `was ended by ${signal}` : `exited with ${exitCode}`;
  return {
    type: "failed",
    ...causeOf({ code: exitCode ?? 0, signal: bySignal ? signal : null, stderrTail: stderr }),
    message: `${program} ${how}`,
    ...output,
  };
}
