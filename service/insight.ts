/**
 * Handlers of `/api/v1/capacity`, `/api/v1/diagnosis` and `/api/v1/jobs/:id/trace`.
 *
 * @module
 */
import type { Runtime } from "../actors/runtime.ts";
import type { Handler } from "./call.ts";
import { jobId, missing } from "./jobs.ts";
import { reply } from "./reply.ts";

/** Tells what there is room for. */
export function showCapacity({ insight }: Runtime): Handler {
  return async () => reply(await insight.capacity());
}

/** Tells what stands in the way. */
export function showDiagnosis({ insight }: Runtime): Handler {
  return async () => reply(await insight.diagnosis());
}

/** Tells what the time of a job went into. */
export function showTrace({ insight }: Runtime): Handler {
  return async (call) => {
    const id = jobId(call);
    return reply(await insight.trace(id) ?? missing(id));
  };
}
