/**
 * What facts say of a job besides its id: what its caller calls it, and why it failed.
 *
 * @module
 */
import type { Labels, Reason } from "../messages/facts.ts";
import type { JobSpec } from "../messages/job.ts";
import type { Outcome } from "../messages/outcome.ts";

/** Longest message of a reason, characters. */
const messageMax = 500;

/** The labels of a job, null when it has none. */
export function labelsOf(spec: JobSpec): Labels | null {
  const { projectId, executionId, taskId } = spec;
  const correlationId = spec.correlationId ?? spec.traceparent?.slice(3, 35);
  if ((correlationId ?? projectId ?? executionId ?? taskId) === undefined) return null;
  return {
    ...(correlationId !== undefined && { correlationId }),
    ...(projectId !== undefined && { projectId }),
    ...(executionId !== undefined && { executionId }),
    ...(taskId !== undefined && { taskId }),
  };
}

/** Why a job did not end `done`, null when it did. */
export function reasonOf({ type, category, code, message }: Outcome): Reason | null {
  if (type === "done") return null;
  return {
    category: category ?? null,
    code: code ?? null,
    message: message?.slice(0, messageMax) ?? null,
  };
}

/** A column, null when there is nothing in it. */
export function someOf<T, C>(
  rows: readonly T[],
  cell: (row: T) => C | null,
): readonly (C | null)[] | null {
  const column = rows.map(cell);
  return column.some((each) => each !== null) ? column : null;
}
