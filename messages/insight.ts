/**
 * What a runtime tells of itself when it is asked: what it suffers from, what it can take, what became
 * of a job.
 *
 * @module
 */
import type { Capacity } from "./capacity.ts";
import type { Diagnosis } from "./diagnosis.ts";
import type { JobTrace } from "./trace.ts";

/** The way to ask. */
export interface InsightHandle {
  /** Every limit of this machine and of the service, and what operations need of it. */
  capacity(): Promise<Capacity>;
  /** What stands in the way of jobs now, the most likely first. */
  diagnosis(): Promise<Diagnosis>;
  /** What the time of a job went into; null when there is no such job. */
  trace(id: string): Promise<JobTrace | null>;
}
