/**
 * Handlers of `/api/v1/workflows`.
 *
 * @module
 */
import type { Runtime } from "../actors/runtime.ts";
import { type Handler, notFound, wholeNumber } from "./call.ts";
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
    const id = call.req.param("id") ?? "";
    const workflow = await runtime.workflow(id);
    if (workflow === null) throw notFound(`Workflow ${JSON.stringify(id.slice(0, 80))}`);
    return reply(workflow);
  };
}
