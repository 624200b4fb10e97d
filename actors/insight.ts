/**
 * What a runtime tells of itself, as programs ask for it. What answers is loaded at the first question.
 *
 * @module
 */
import type { Alerts } from "../messages/alert.ts";
import type { InsightHandle } from "../messages/insight.ts";
import type { Prober } from "./capacity/prober.ts";
import { usualPool } from "./pool_of.ts";
import { Refusal } from "./refusal.ts";
import type { System } from "./system.ts";

/** Asks `system`, whose data lies in the folder `data`, if it has one, and about its `alerts`. */
export function insightHandle(
  system: System,
  { data = null, alerts }: {
    readonly data: string | null | undefined;
    readonly alerts: { readonly view: Alerts };
  },
): InsightHandle {
  let prober: Prober | null = null;
  return {
    audit: async (query) => (await import("./audit/audit.ts")).auditOf(system.series, query),
    capacity: async (query) => {
      prober ??= new (await import("./capacity/prober.ts")).Prober(data);
      const probe = await prober.ask(query);
      return (await import("./capacity/capacity.ts")).capacityOf(system, data, probe);
    },
    decision: (id) => system.decisions.get(id),
    decisions: (query) => system.decisions.page(query),
    diagnosis: async () => (await import("./diagnosis/diagnosis.ts")).diagnosisOf(system),
    recording: async (pool = usualPool) => await recordingOf(system, pool),
    report: async (query) =>
      (await import("./report/report.ts")).reportOf(system, () => alerts.view, query),
    trace: async (id) => (await import("./trace.ts")).traceOf(system, id),
    why: async (pool = usualPool) => (await import("./why_pool.ts")).whyPool(system, pool),
    past: async (decision) =>
      (await import("./past.ts")).pastOf(system.ports.store, system.decisions, decision),
  };
}

function recordingOf({ estates }: System, pool: string): string {
  const estate = estates.get(pool);
  if (estate) return estate.controller.recorder.text();
  const known = [...estates.keys()].join(", ");
  throw new Refusal("unknown_pool", `There is no pool ${JSON.stringify(pool)}: there is ${known}`);
}
