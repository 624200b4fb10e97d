/**
 * Handlers of `/api/v1/decisions`, `/api/v1/pools/:name/why` and `/api/v1/pools/:name/recording`.
 *
 * @module
 */
import { Refusal, type Runtime } from "../actors/runtime.ts";
import { type Handler, wholeNumber } from "./call.ts";
import { reply } from "./reply.ts";

/** What can be asked of the list. */
export const decisionsFields = ["limit", "after"] as const;

/** Lists the latest decisions, or those after one: `?limit=50&after=17`. */
export function listDecisions({ insight }: Runtime): Handler {
  return async (call) => {
    const limit = wholeNumber(call, "limit", { min: 1, max: 1_000 }, 50);
    const range = { min: 0, max: Number.MAX_SAFE_INTEGER };
    const after = wholeNumber(call, "after", range, undefined);
    return reply(await insight.decisions({ limit, ...(after !== undefined && { after }) }));
  };
}

/** Shows one decision. */
export function showDecision({ insight }: Runtime): Handler {
  return async (call) => {
    const id = call.req.param("id") ?? "";
    const decision = /^\d{1,15}$/.test(id) ? await insight.decision(Number(id)) : null;
    if (decision) return reply(decision);
    const given = JSON.stringify(id.slice(0, 80));
    throw new Refusal("unknown_decision", `There is no decision ${given}`);
  };
}

/** Tells why a pool has its size. */
export function explainPool({ insight }: Runtime): Handler {
  return async (call) => reply(await insight.why(call.req.param("name")));
}

/** Shows what the controller of a pool saw, was told and decided, as far as it is kept. */
export function showRecording({ insight }: Runtime): Handler {
  return async (call) => {
    const pool = call.req.param("name") ?? "";
    return reply({ pool, lines: (await insight.recording(pool)).split("\n").slice(0, -1) });
  };
}
