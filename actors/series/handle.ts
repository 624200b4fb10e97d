/**
 * The numbers of a runtime, as programs ask for them. What answers is loaded at the first question.
 *
 * @module
 */
import type { MetricsHandle } from "../../messages/series.ts";
import type { Series } from "./series.ts";

/** The way to ask. */
export const metricsHandle = (series: Series): MetricsHandle => ({
  query: async (query) => (await import("./query.ts")).querySeries(series, query),
  operations: async (query) => (await import("./operations.ts")).summarise(series, query),
});
