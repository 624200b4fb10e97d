/**
 * What a runtime tells of itself, as programs ask for it. What answers is loaded at the first question.
 *
 * @module
 */
import type { InsightHandle } from "../messages/insight.ts";
import type { System } from "./system.ts";

/** Asks `system`, whose data lies in the folder `data`, if it has one. */
export const insightHandle = (system: System, data: string | undefined): InsightHandle => ({
  capacity: async () => (await import("./capacity/capacity.ts")).capacityOf(system, data ?? null),
  diagnosis: async () => (await import("./diagnosis/diagnosis.ts")).diagnosisOf(system),
  trace: async (id) => (await import("./trace.ts")).traceOf(system, id),
});
