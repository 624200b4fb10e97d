/**
 * What a runtime tells of itself when it is asked: what it suffers from, what it can take, what became
 * of a job.
 *
 * @module
 */
import type { Audit, AuditQuery } from "./audit.ts";
import type { Capacity, CapacityQuery } from "./capacity.ts";
import type { Diagnosis } from "./diagnosis.ts";
import type { Report, ReportQuery } from "./report.ts";
import type { JobTrace } from "./trace.ts";

/** The way to ask. */
export interface InsightHandle {
  /** How operations do beside how they did before. Rejects with `Refusal` where the query is none. */
  audit(query?: AuditQuery): Promise<Audit>;
  /** Every limit of this machine and of the service, and what operations need of it. */
  capacity(query?: CapacityQuery): Promise<Capacity>;
  /** What stands in the way of jobs now, the most likely first. */
  diagnosis(): Promise<Diagnosis>;
  /** How the service did, in words. Rejects with `Refusal` where the query is none. */
  report(query?: ReportQuery): Promise<Report>;
  /** What the time of a job went into; null when there is no such job. */
  trace(id: string): Promise<JobTrace | null>;
}
