/**
 * What programs ask of workflows; what answers is loaded at the first question.
 *
 * @module
 */
import type { WorkflowPage, WorkflowView } from "../../messages/workflow.ts";
import type { System } from "../system.ts";

/** Of `system`. */
export const workflowsOf = (system: System) => {
  const place = { queue: system.queue, ...system.ports };
  return {
    view: async (id: string): Promise<WorkflowView | null> =>
      (await import("./view.ts")).viewWorkflow(id, place),
    cancel: async (id: string, because: string): Promise<number | null> =>
      (await import("./cancel.ts")).cancelWorkflow(system, id, because),
    list: async (
      options: { readonly limit?: number; readonly before?: string },
    ): Promise<WorkflowPage> => (await import("./view.ts")).listWorkflows(options, place),
  };
};
