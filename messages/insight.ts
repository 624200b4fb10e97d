/**
 * What a runtime tells of itself when it is asked: what it suffers from, what it can take, what became
 * of a job.
 *
 * @module
 */
import type { Audit, AuditQuery } from "./audit.ts";
import type { Capacity, CapacityQuery } from "./capacity.ts";
import type { Decision, DecisionPage, DecisionQuery } from "./decision.ts";
import type { Diagnosis } from "./diagnosis.ts";
import type { Past } from "./past.ts";
import type { Report, ReportQuery } from "./report.ts";
import type { JobTrace } from "./trace.ts";
import type { WhyPool } from "./why_pool.ts";

/** The way to ask. */
export interface InsightHandle {
  /** How operations do beside how they did before. Rejects with `Refusal` where the query is none. */
  audit(query?: AuditQuery): Promise<Audit>;
  /** Every limit of this machine and of the service, and what operations need of it. */
  capacity(query?: CapacityQuery): Promise<Capacity>;
  /** One decision about the size of a pool; null when there is none, or it is not known any more. */
  decision(id: number): Promise<Decision | null>;
  /**
   * Decisions of this start and of earlier ones, of the last 7 days, with what came of them. Rejects
   * with `Refusal` where the query is none.
   */
  decisions(query?: DecisionQuery): Promise<DecisionPage>;
  /** What stands in the way of jobs now, the most likely first. */
  diagnosis(): Promise<Diagnosis>;
  /**
   * What the controller of a pool saw, was told and decided, as far as it is kept: lines of JSON that
   * `flyball simulate --replay` decides on again. Rejects with `Refusal` `unknown_pool`.
   */
  recording(pool?: string): Promise<string>;
  /** How the service did, in words. Rejects with `Refusal` where the query is none. */
  report(query?: ReportQuery): Promise<Report>;
  /** What the time of a job went into; null when there is no such job. */
  trace(id: string): Promise<JobTrace | null>;
  /** Why a pool has its size. Rejects with `Refusal` `unknown_pool`. Default: the usual pool. */
  why(pool?: string): Promise<WhyPool>;
  /** Where the machines stood when a decision was taken; null when it is not, or no longer, stored. */
  past(decision: number): Promise<Past | null>;
}
