/**
 * Handlers of `/api/v1/capacity`, `/api/v1/diagnosis`, `/api/v1/audit`, `/api/v1/report`,
 * `/api/v1/jobs/:id/trace` and `/inspect/past`.
 *
 * @module
 */
import { Refusal, type Runtime } from "../actors/runtime.ts";
import type { AuditQuery } from "../messages/audit.ts";
import type { ReportQuery } from "../messages/report.ts";
import { given, type Handler, notFound, wholeNumber } from "./call.ts";
import { jobId, missing } from "./jobs.ts";
import { reply } from "./reply.ts";

/** What can be asked of an audit. */
export const auditFields = ["window", "against", "operation", "projectId"] as const;

/** What can be asked of a report. */
export const reportFields = ["window", "projectId"] as const;

/** Tells what became worse, and what better: `?window=1h&against=7d`. */
export function showAudit({ insight }: Runtime): Handler {
  return async (call) => reply(await insight.audit(given(call, auditFields) as AuditQuery));
}

/** Tells how the service did: `?window=1d&projectId=p`. */
export function showReport({ insight }: Runtime): Handler {
  return async (call) => reply(await insight.report(given(call, reportFields) as ReportQuery));
}

/** Tells what there is room for. */
export function showCapacity({ insight }: Runtime): Handler {
  return async () => reply(await insight.capacity());
}

/** Tries how fast the disk is, then tells what there is room for. */
export function probeCapacity({ insight }: Runtime): Handler {
  return async () => reply(await insight.capacity({ probe: true }));
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

/** Tells where the machines stood when `?decision=ID` was taken. */
export function showPast({ insight }: Runtime): Handler {
  return async (call) => {
    const id = wholeNumber(call, "decision", { min: 1, max: Number.MAX_SAFE_INTEGER }, null);
    if (id === null) throw new Refusal("invalid_decision", "Say which: ?decision=ID");
    const past = await insight.past(id);
    if (past === null) throw notFound(`Decision ${id}`);
    return reply(past);
  };
}
