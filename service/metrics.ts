/**
 * Handlers of `/api/v1/metrics`.
 *
 * @module
 */
import type { Runtime } from "../actors/runtime.ts";
import type { BusinessQuery } from "../messages/business.ts";
import type { OperationsQuery, SeriesQuery } from "../messages/series.ts";
import { given, type Handler } from "./call.ts";
import { parseDuration } from "./duration.ts";
import { reply, replyText } from "./reply.ts";

/** What can be asked of series. */
export const queryFields = [
  ...["names", "range", "step", "by", "operation", "priority", "projectId"],
] as const;

/** What can be asked of operations. */
export const operationsFields = ["window", "by", "operation", "priority", "projectId"] as const;

/** What can be asked of business metrics. */
export const businessFields = ["window", "by"] as const;

/** Longest range, ms: 730 days. */
const rangeMaxMs = 730 * 86_400_000;

/** Numbers over time: `?names=durationMs,done&range=1h&step=1m&by=operation`. */
export function queryMetrics({ metrics }: Runtime): Handler {
  return async (call) => {
    const { names, range, ...rest } = given(call, queryFields);
    const query = {
      ...(names !== undefined && { names: names.split(",") }),
      ...(range !== undefined && { rangeMs: parseDuration(range, "range", rangeMaxMs) }),
      ...rest,
    };
    return reply(await metrics.query(query as unknown as SeriesQuery));
  };
}

/** Operations, summed up: `?window=5m&by=operation`. */
export function listOperations({ metrics }: Runtime): Handler {
  return async (call) =>
    reply(await metrics.operations(given(call, operationsFields) as OperationsQuery));
}

/** Everything as text for Prometheus. */
export function scrapeMetrics({ metrics }: Runtime): Handler {
  return async () =>
    replyText(await metrics.prometheus(), "text/plain; version=0.0.4; charset=utf-8");
}

/** What jobs were worth: `?window=1h&by=operation`. */
export function showBusiness({ metrics }: Runtime): Handler {
  return async (call) =>
    reply(await metrics.business(given(call, businessFields) as BusinessQuery));
}
