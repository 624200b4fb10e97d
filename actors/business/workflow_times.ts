/**
 * What the latest workflows took their time for.
 *
 * @module
 */
import type { WorkflowTimes } from "../../messages/business.ts";
import type { WorkflowView } from "../../messages/workflow.ts";
import { listWorkflows, type Sources, viewWorkflow } from "../workflows/view.ts";

/** Workflows that are looked at, the latest ones. */
const workflowsMax = 20;
/** Jobs of one that is looked at, at most: those of larger ones are many pages. */
const jobsMax = 1_000;

/** Those of the latest workflows that ended since `from`, epoch ms. */
export async function workflowTimes(sources: Sources, from: number): Promise<WorkflowTimes> {
  const { items } = await listWorkflows({ limit: workflowsMax }, sources);
  const views: WorkflowView[] = [];
  for (const { id, state, jobs } of items) {
    if (state === "running" || jobs > jobsMax) continue;
    const view = await viewWorkflow(id, sources);
    if (view && view.state !== "running" && endOf(view) >= from) views.push(view);
  }
  const longest = views.reduce<WorkflowView | null>(
    (most, view) => most && most.criticalPath.totalMs >= view.criticalPath.totalMs ? most : view,
    null,
  );
  const totalMs = views.reduce((sum, { criticalPath }) => sum + criticalPath.totalMs, 0);
  return {
    ended: views.length,
    done: views.filter(({ state }) => state === "done").length,
    criticalPathMs: views.length === 0 ? null : totalMs / views.length,
    longest: longest && {
      executionId: longest.id,
      criticalPathMs: longest.criticalPath.totalMs,
      steps: longest.criticalPath.steps,
      times: longest.criticalPath.times,
    },
  };
}

/** When the last of its steps ended, epoch ms. */
const endOf = ({ steps }: WorkflowView): number =>
  steps.reduce((at, { endedAt }) => Math.max(at, endedAt ? Date.parse(endedAt) : 0), 0);
