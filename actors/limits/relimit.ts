/**
 * Changes what jobs may take, without starting them again.
 *
 * @module
 */
import type { Limits } from "../../messages/limits.ts";
import type { Footprints } from "../footprints.ts";
import { type Job, jobId, operationOf } from "../job.ts";
import type { Journal } from "../journal.ts";
import type { Lane } from "../lane.ts";
import type { Queue } from "../queue.ts";
import { Refusal } from "../runtime.ts";
import type { Meters } from "./account.ts";
import type { OperationLimits } from "./operation_limits.ts";

/** Jobs that are named in one alert. */
const problemsMax = 5;

/** Who has to know. */
export interface Relimited {
  readonly meters: Pick<Meters, "meter" | "watch">;
  readonly stowage: { readonly footprints: Pick<Footprints, "renew"> };
}

/** And who has the jobs. */
export interface RelimitedAll extends Relimited {
  readonly queue: Pick<Queue, "open" | "lanes">;
  /** Jobs wait in a lane. */
  dispatch(lane: Lane): void;
  readonly journal: Pick<Journal, "note">;
}

/** Holds `job` to `asked` and to what its operation is held to; throws Refusal where it can't. */
export async function relimit(
  job: Job,
  asked: Limits,
  operations: OperationLimits,
  all: Relimited,
): Promise<void> {
  if (isShared(job)) {
    throw new Refusal(
      "limit_unavailable",
      `Cannot limit ${jobId(job.id)} as it may share its worker: it was accepted without limits`,
    );
  }
  const before = set(job, operations.ofJob(job, asked), all);
  const because = await hold(job, before, all);
  if (because === null) return;
  throw new Refusal("limit_unavailable", `Cannot hold ${jobId(job.id)} to it: ${because}`);
}

/**
 * Holds all jobs of the operations `names` to what those may take now, also what runs. Tells of jobs
 * that are not held to it before their next attempt, and why.
 */
export async function relimitAll(
  names: ReadonlySet<string>,
  operations: OperationLimits,
  all: RelimitedAll,
): Promise<void> {
  const sent: { readonly job: Job; readonly before: Limits | null }[] = [];
  let problems = 0;
  const some: string[] = [];
  const tell = ({ id }: Job, because: string) => {
    if (++problems <= problemsMax) some.push(`${jobId(id)}: ${because}`);
  };
  for (const job of all.queue.open.values()) {
    if (!names.has(operationOf(job.spec))) continue;
    const limits = limitsNow(job, operations);
    if (limits instanceof Refusal) {
      tell(job, limits.message);
      continue;
    }
    const before = isShared(job) ? null : job.limits ?? {};
    set(job, limits, all);
    if (job.slot >= 0) sent.push({ job, before });
  }
  // Tasks that share no worker any more have a line of their own.
  for (const lane of all.queue.lanes.values()) {
    lane.sort();
    if (lane.grant.kind === "task") all.dispatch(lane);
  }
  for (const { job, before } of sent) {
    const because = before === null ? shares(job) : await hold(job, before, all);
    if (because !== null) tell(job, because);
  }
  if (problems === 0) return;
  const message = `New limits do not hold yet for ${problems} jobs: ${some.join("; ")}`;
  all.journal.note({ type: "alert", level: "warning", code: "limit_not_held", message });
}

/** A task that may be sent to a worker which others are in as well. */
const isShared = ({ operation, limits }: Job) => operation.grant.kind === "task" && limits === null;

const shares = ({ limits }: Job) => limits === null ? null : "it shares its worker";

/** What can't be held of what was once accepted stays as it was. */
function limitsNow(job: Job, operations: OperationLimits): Limits | null | Refusal {
  try {
    return operations.ofJob(job);
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

/** Gives a job its limits; one that ran alone goes on doing so. Returns those it had. */
function set(job: Job, limits: Limits | null, { stowage }: Relimited): Limits {
  const before = job.limits;
  job.limits = limits ?? (before && {});
  stowage.footprints.renew(job);
  return before ?? {};
}

/** Holds what runs to its limits; returns why it can't be. */
async function hold(
  job: Job,
  before: Limits,
  { meters: { meter, watch } }: Relimited,
): Promise<string | null> {
  try {
    if (job.operation.grant.kind === "task") await watch.relimit(job, before);
    else await meter.relimit(job, job.limits ?? {}, before);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
