/**
 * Whether a pool rests: nothing waits, runs, starts, comes or ends, and nobody wants another size.
 *
 * @module
 */
import type { Reading } from "../../messages/signals.ts";

/** Time without anything under way from which on a pool rests, ms. */
const calmMs = 2_000;

/** Since when nothing was under way, monotonic ms; null: something is. */
export type Rest = number | null;

/** Nothing is known yet. */
export const noRest: Rest = null;

/** What a look makes of it; `isNews`: another size is wanted. */
export function rest(before: Rest, reading: Reading, isNews: boolean): Rest {
  const { queued, running, starting, arrivals, finished } = reading;
  if (isNews || queued + running + starting + arrivals + finished > 0) return null;
  return before ?? reading.nowMs;
}

/** It has been calm for long enough. */
export const isLong = (since: Rest, nowMs: number): boolean =>
  since !== null && nowMs - since >= calmMs;
