/**
 * A job in memory.
 *
 * @module
 */
import type { Limits } from "../messages/limits.ts";
import type { JobSpec, JobState, JobView, Priority } from "../messages/job.ts";
import type { Outcome, Resources } from "../messages/outcome.ts";
import { dueAt } from "./due_at.ts";
import type { Environment } from "./surroundings.ts";
import { Carrier } from "./baggage.ts";
import type { Gate } from "./gates/gate.ts";
import type { Operation } from "./operation.ts";
import type { StoredJob, StoredRecord } from "./ports.ts";
import type { Stay } from "./stay.ts";
import { dependenciesOf } from "./workflows/dependencies_of.ts";
import { keysOf } from "./turns/keys_of.ts";

/** Classes by rank, first served first. */
export const classes = ["high", "normal", "low"] as const satisfies readonly Priority[];

/** The place of a class among {@link classes}. */
export const rankOf = (priority?: Priority): number =>
  priority === undefined || priority === "normal" ? 1 : priority === "high" ? 0 : 2;

/** Nothing was measured. */
export const unmeasured: Resources = {
  cpuSeconds: null,
  peakBytes: null,
  ioBytes: null,
  source: "none",
};

/** What a door hands to the queue: checked, with its defaults filled in. */
export interface Order {
  readonly operation: Operation;
  /** JSON text of what goes to the worker. */
  readonly payload: string;
  readonly spec: JobSpec;
  /** 0: none. */
  readonly timeoutMs: number;
  readonly retries: number;
  /** Longest wait for a start, 0: any; absent: as `spec` says. */
  readonly queueTimeoutMs?: number;
  /** What it may take of the machine; absent: no limits. */
  readonly limits?: Limits | null;
  /** What only so many jobs may have at once; absent: nothing. */
  readonly keys?: readonly string[] | null;
  /** What a command is given besides variables of its own; absent: it is no command. */
  readonly environment?: Environment | null;
  /** Called once with the outcome, after it is safe. */
  readonly ended: ((job: Job, outcome: Outcome) => void) | null;
}

/** Whether a job is kept in the store. One that is run for a caller who waits for it is not. */
export const isKept = ({ id }: { readonly id: number }): boolean => id > 0;

/** A job from acceptance to its ending. */
export class Job extends Carrier<Job> {
  /** Positive and in order of acceptance; negative for jobs that are not kept. */
  readonly id: number;
  readonly operation: Operation;
  readonly payload: string;
  /** As it was asked for, or amended since. */
  spec: JobSpec;
  /** Of its latest attempt, 0: none. */
  timeoutMs: number;
  readonly retries: number;
  /** Index into {@link classes}. */
  rank: number;
  /** Monotonic: accepted, or due again after a retry. */
  dueMs: number;
  /** Monotonic: when it was sent to the worker that has it now. */
  sentMs = 0;
  /** Monotonic; 0 before the first start. */
  startedMs = 0;
  /** Monotonic: its last sign of progress, where it has to give any. */
  signMs = 0;
  readonly acceptedAt: number;
  state: JobState = "waiting";
  attempt = 1;
  /** What it has to pass on its way into its lane, null where that is nothing. */
  gates: readonly Gate<Job>[] | null = null;
  /** What holds it on that way. */
  heldBy: Gate<Job> | null = null;
  /** Safe in the store, so that it may begin and end. */
  admitted = false;
  /** What this attempt was seen to use; null where nobody has looked. */
  resources: Resources | null = null;
  /** Who runs it: place in the worker's table, -1 when nobody does. */
  slot = -1;
  /** Where its operation has it counted, while it is in a worker. */
  stay: Stay | null = null;
  outcome: Outcome | null = null;
  readonly ended: ((job: Job, outcome: Outcome) => void) | null;

  /** An accepted order. */
  constructor(id: number, order: Order, nowMs: number, wallMs: number) {
    super();
    this.id = id;
    this.operation = order.operation;
    this.payload = order.payload;
    this.spec = order.spec;
    this.timeoutMs = order.timeoutMs;
    this.retries = order.retries;
    this.rank = rankOf(order.spec.priority);
    this.dueMs = nowMs;
    this.acceptedAt = wallMs;
    this.ended = order.ended;
    this.environment = order.environment ?? null;
    this.queueTimeoutMs = order.queueTimeoutMs ?? order.spec.queueTimeoutMs ?? 0;
    this.limits = order.limits ?? null;
    this.keys = order.keys ?? null;
    this.urgency = order.spec.rank ?? 0;
  }

  /** It is to be tried again at `dueMs`. */
  comeAgain(dueMs: number): void {
    this.firstDueMs ??= this.dueMs;
    this.dueMs = dueMs;
    this.attempt++;
    this.doomed = null;
  }

  /** Runs in a worker of its own: a suspect, or a task with limits. */
  get alone(): boolean {
    return this.suspect || (this.limits !== null && this.operation.grant.kind === "task");
  }

  /** Some attempt of it was begun, if by an earlier process. */
  get begun(): boolean {
    return this.startedMs > 0 || this.attempt > 1 || this.deaths > 0;
  }

  /** Attempts that count as such: the first and its retries. */
  get tries(): number {
    return this.attempt - this.losses;
  }
}

/** `j` and the number in base 36, in order of acceptance; `r` for jobs that are not kept. */
export const jobId = (number: number): string =>
  number < 0 ? "r" + (-number).toString(36) : "j" + number.toString(36);

/** The number of an id, null when it can't be one. */
export function jobNumber(id: string): number | null {
  const [, kind, digits] = /^([jr])([0-9a-z]{1,11})$/.exec(id) ?? [];
  const number = parseInt(digits ?? "", 36);
  if (!Number.isSafeInteger(number)) return null;
  return kind === "r" ? -number : number;
}

/** The name statistics are kept under when the caller gives none. */
export function operationOf(spec: JobSpec): string {
  const { operation, task, command, shell } = spec;
  const kind = shell === undefined ? "run" : "shell";
  return operation ?? task ?? command?.[0]?.split("/").at(-1) ?? kind;
}

const iso = (ms: number) => new Date(ms).toISOString();

/** What is the same for a job in memory and one in the store. */
function shown(
  { id, acceptedAt, spec }: StoredJob,
): Omit<JobView, "state" | "attempt"> {
  const keys = keysOf(spec);
  const runAt = dueAt(spec, acceptedAt);
  return {
    id: jobId(id),
    ...(spec.task !== undefined && { task: spec.task }),
    ...(spec.command !== undefined && { command: spec.command }),
    ...(spec.shell !== undefined && { shell: spec.shell }),
    ...(spec.stages !== undefined && { stages: spec.stages.map(({ name }) => name) }),
    operation: operationOf(spec),
    pool: spec.pool ?? "default",
    priority: spec.priority ?? "normal",
    ...(spec.rank !== undefined && { rank: spec.rank }),
    acceptedAt: iso(acceptedAt),
    ...(runAt !== null && { runAt: iso(runAt) }),
    ...(spec.after !== undefined && { after: dependenciesOf(spec).map(({ id }) => id) }),
    ...(keys !== null && { keys }),
    ...(spec.projectId !== undefined && { projectId: spec.projectId }),
    ...(spec.executionId !== undefined && { executionId: spec.executionId }),
    ...(spec.taskId !== undefined && { taskId: spec.taskId }),
    ...(spec.correlationId !== undefined && { correlationId: spec.correlationId }),
  };
}

/**
 * State of an open job as people see it. What has ended and is not safe in the store yet is open: a
 * kill of the service would bring it back, and nobody has counted it.
 */
export function stateOf({ state, outcome, startedMs }: Job): JobState {
  if (outcome === null) return state;
  return startedMs > 0 ? "running" : "waiting";
}

/** An open job as people see it; `sinceWallMs` turns monotonic instants into wall time. */
export function viewJob(job: Job, sinceWallMs: number): JobView {
  return {
    ...shown(job),
    state: stateOf(job),
    attempt: job.attempt,
    ...(job.failures !== null && { failures: job.failures }),
    ...(job.startedMs > 0 && { startedAt: iso(sinceWallMs + job.startedMs) }),
    ...(job.state === "running" && job.allowance?.isLearnt && { learntTimeoutMs: job.timeoutMs }),
  };
}

/** A stored job as people see it. */
export function viewRecord({ job, ended }: StoredRecord): JobView {
  if (!ended) return { ...shown(job), state: "waiting", attempt: 1 };
  const { outcome, endedAt } = ended;
  return {
    ...shown(job),
    state: outcome.type,
    attempt: outcome.attempts,
    ...(outcome.worker !== null && { startedAt: iso(endedAt - outcome.durationMs) }),
    endedAt: iso(endedAt),
    outcome,
  };
}
