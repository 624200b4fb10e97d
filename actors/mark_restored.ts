/**
 * Says of an ending that a restart came between the job's acceptance and it.
 *
 * @module
 */
import type { Outcome } from "../messages/outcome.ts";
import { isKept, type Job } from "./job.ts";

/** The outcome of a job, marked where the job was accepted before `startedAt`, epoch ms. */
export function markRestored(job: Job, outcome: Outcome, startedAt: number): Outcome {
  return isKept(job) && job.acceptedAt < startedAt ? { ...outcome, restored: true } : outcome;
}
