/**
 * What `flyball top` looks at.
 *
 * @module
 */
import type { Decision, DecisionPage } from "../messages/decision.ts";
import type { JobPage, JobView } from "../messages/job.ts";
import type { OperationMetrics, OperationsPage } from "../messages/series.ts";
import type { Status } from "../messages/status.ts";
import type { Control } from "./control.ts";

/** A service at one moment. */
export interface TopSight {
  /** When it was looked, epoch ms. */
  readonly at: number;
  readonly status: Status;
  /** Of the last minute, the busiest first. */
  readonly operations: readonly OperationMetrics[];
  /** Jobs in workers, those that run longest first. */
  readonly jobs: readonly JobView[];
  /** The latest; null where there was none. */
  readonly decision: Decision | null;
}

/** Rows of running jobs that the largest terminal shows. */
const jobsMax = 100;

/** Looks at a service; throws `service_unreachable` where it can't, or may not any more. */
export async function lookAround(
  control: Pick<Control, "ask">,
  signal: AbortSignal = new AbortController().signal,
): Promise<TopSight> {
  const get = (path: string) => control.ask({ method: "GET", path: `/api/v1/${path}`, signal });
  const asked = [
    get("status"),
    get("metrics/operations?window=1m"),
    get(`jobs?state=running&limit=${jobsMax}`),
    get("decisions?limit=1"),
  ];
  // None goes on when another one has failed.
  await Promise.allSettled(asked);
  const [status, operations, jobs, decisions] = await Promise.all(asked) as [
    Status,
    OperationsPage,
    JobPage,
    DecisionPage,
  ];
  return {
    at: Date.now(),
    status,
    operations: operations.items,
    jobs: jobs.items.toSorted((a, b) => startOf(a) - startOf(b)),
    decision: decisions.items.at(-1) ?? null,
  };
}

/** When its attempt began, epoch ms. */
export const startOf = ({ startedAt, acceptedAt }: JobView): number =>
  Date.parse(startedAt ?? acceptedAt);
