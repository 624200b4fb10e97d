/**
 * Handlers of `/api/v1/workflows`.
 *
 * @module
 */
import type { Runtime } from "../actors/runtime.ts";
import { type Call, type Handler, notFound, wholeNumber } from "./call.ts";
import { reply } from "./reply.ts";

/** Lists workflows, the one with the latest job first: `?limit=50&before=` the `next` before. */
export function listWorkflows(runtime: Runtime): Handler {
  return async (call) => {
    const limit = wholeNumber(call, "limit", { min: 1, max: 1_000 }, 50);
    const before = call.req.query("before");
    return reply(await runtime.workflows({ limit, ...(before !== undefined && { before }) }));
  };
}

/** Shows one with its steps and its critical path. */
export function showWorkflow(runtime: Runtime): Handler {
  return async (call) => {
    const id = workflowId(call);
    return reply(await runtime.workflow(id) ?? missing(id));
  };
}

/** Cancels one: 200 when all of it has ended by then, also before; 202 when workers were told. */
export function cancelWorkflow(runtime: Runtime): Handler {
  return async (call) => {
    const id = workflowId(call);
    if (await runtime.cancelWorkflow(id, "cancelled over HTTP") === null) missing(id);
    const workflow = await runtime.workflow(id) ?? missing(id);
    return reply(workflow, workflow.state === "running" ? 202 : 200);
  };
}

const workflowId = (call: Call): string => call.req.param("id") ?? "";

function missing(id: string): never {
  throw notFound(`Workflow ${JSON.stringify(id.slice(0, 80))}`);
}
