/**
 * The way to ask a runtime for its numbers.
 *
 * @module
 */
import type { BusinessPage, BusinessQuery } from "./business.ts";
import type { MetricRegistry } from "./metric.ts";
import type { OperationsPage, OperationsQuery, SeriesPage, SeriesQuery } from "./series.ts";

/** The numbers of a runtime. */
export interface MetricsHandle extends MetricRegistry {
  /** Numbers over time. Rejects with Refusal where the query is none. */
  query(query: SeriesQuery): Promise<SeriesPage>;
  /** Operations, summed up. Rejects with Refusal where the query is none. */
  operations(query?: OperationsQuery): Promise<OperationsPage>;
  /** What jobs were worth. Rejects with Refusal where the query is none. */
  business(query?: BusinessQuery): Promise<BusinessPage>;
  /** Notes that the API took so long to answer; `GET /api/v1/jobs/:id` is a route. Doors call it. */
  answered(route: string, tookMs: number): void;
  /** Everything as text for Prometheus, as `GET /metrics` has it. */
  prometheus(): Promise<string>;
}
