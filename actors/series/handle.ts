/**
 * The numbers of a runtime, as programs ask for them. What answers is loaded at the first question.
 *
 * @module
 */
import type { MetricsHandle } from "../../messages/metrics_handle.ts";
import type { Status } from "../../messages/status.ts";
import type { Scraped } from "../exports/scrape.ts";
import type { Sources } from "../workflows/view.ts";

/** The way to ask; workflows are looked up in `sources`. */
export function metricsHandle(
  system: Scraped,
  status: () => Status,
  sources: Sources,
): MetricsHandle {
  const { series } = system;
  return {
    query: async (query) => (await import("./query.ts")).querySeries(series, query),
    operations: async (query) => (await import("./operations.ts")).summarise(series, query),
    business: async (query) =>
      (await import("../business/business.ts")).judgeBusiness(series, sources, query),
    answered: (route, tookMs) => system.answers.took(route, tookMs),
    register: system.plugged.register,
    async prometheus() {
      const { scrape } = await import("../exports/scrape.ts");
      const { prometheusText } = await import("../exports/prometheus.ts");
      return prometheusText(await scrape(system, status()));
    },
  };
}
