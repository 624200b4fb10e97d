/**
 * When a job that was asked for later may begin.
 *
 * @module
 */
import type { JobSpec } from "../messages/job.ts";

/** Epoch ms of an instant as a job says it. */
export const instantOf = (at: string | number): number =>
  typeof at === "number" ? at : Date.parse(at);

/** Epoch ms, by the wall clock; null for a job that may begin at once. */
export function dueAt({ runAt, delayMs }: JobSpec, acceptedAt: number): number | null {
  if (runAt !== undefined) return instantOf(runAt);
  return delayMs === undefined ? null : acceptedAt + delayMs;
}
