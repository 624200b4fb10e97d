/**
 * When a job that was asked for later may begin.
 *
 * @module
 */
import type { JobSpec } from "../messages/job.ts";

/** Epoch ms, by the wall clock; null for a job that may begin at once. */
export function dueAt({ runAt, delayMs }: JobSpec, acceptedAt: number): number | null {
  if (runAt !== undefined) return typeof runAt === "number" ? runAt : Date.parse(runAt);
  return delayMs === undefined ? null : acceptedAt + delayMs;
}
