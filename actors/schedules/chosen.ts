/**
 * Which instants of a schedule get a job.
 *
 * @module
 */
import type { ScheduleSpec } from "../../messages/schedule.ts";

/** Instants that get a job afterwards, at most. */
export const missedMost = 100;
/** Longest time after its instant that a job is still in time, ms. */
export const lateMs = 60_000;

/**
 * Of the instants that have come since the last look (in order, all up to now), the last one may
 * be in time; all others were missed.
 */
export function chosen(
  due: readonly number[],
  missed: NonNullable<ScheduleSpec["missed"]>,
  nowAt: number,
): readonly number[] {
  if (missed === "all") return due.slice(-missedMost);
  return due.slice(-1).filter((at) => missed === "once" || nowAt - at <= lateMs);
}
