/**
 * From a stage of a run to the job it is run as.
 *
 * @module
 */
import type { JobSpec, Stage } from "../messages/job.ts";
import { plainEnvironment } from "./host.ts";
import { type Job, jobId, operationOf, type Order } from "./job.ts";
import type { OrderDefaults, Orders } from "./orders.ts";
import type { Outcome } from "../messages/outcome.ts";

/** Bytes of output kept of a stage, of each end of each stream: a run has many. */
const keepBytes = 16 * 1024;

/** What a stage is run with. */
export interface StagePlace {
  readonly run: Job;
  /** The workspace. */
  readonly folder: string;
  readonly ended: (job: Job, outcome: Outcome) => void;
}

/**
 * Makes orders of stages: what the run says of all of them, and what each says of itself.
 * `defaults` are asked for each, as a reload changes them.
 */
export const stageOrders =
  (orders: Orders, defaults: () => OrderDefaults) =>
  (stage: Stage, { run, folder, ended }: StagePlace): Order => {
    const { name, always: _, cwd = ".", ...work } = stage;
    const spec: JobSpec = {
      ...labelsOf(run),
      ...work,
      operation: `${operationOf(run.spec)}:${name}`,
      // What it leaves in the workspace is part of what it does.
      cache: false,
    };
    const once = { timeoutMs: defaults().timeoutMs, retries: 0 };
    if (spec.task !== undefined) return own(orders.forTask(spec, once, ended, folder));
    const place = {
      env: plainEnvironment(),
      cwd: cwd === "." ? folder : `${folder}/${cwd}`,
      folder: true,
      spill: null,
      keepBytes,
    };
    return own(orders.forCommand(spec, place, once, ended));
  };

/** The keys are the run's. */
const own = (order: Order): Order => ({ ...order, keys: null });

function labelsOf({ id, spec }: Job): JobSpec {
  const { pool, priority, rank, projectId, correlationId, traceparent, onLoss } = spec;
  return {
    executionId: spec.executionId ?? jobId(id),
    ...(pool !== undefined && { pool }),
    ...(priority !== undefined && { priority }),
    ...(rank !== undefined && { rank }),
    ...(projectId !== undefined && { projectId }),
    ...(correlationId !== undefined && { correlationId }),
    ...(traceparent !== undefined && { traceparent }),
    ...(onLoss !== undefined && { onLoss }),
  };
}
