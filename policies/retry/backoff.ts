/**
 * How long to wait before the next attempt.
 *
 * @module
 */
import type { Backoff } from "../../messages/job.ts";

/** Full jitter over an exponential: `unit` (0..1) of min(maxMs, baseMs x 2^(attempt - 1)). */
export function backoffMs(
  attempt: number,
  { baseMs = 1_000, maxMs = 300_000 }: Backoff,
  unit: number,
): number {
  // Bounded, as 0 times infinity would be no number.
  return unit * Math.min(maxMs, baseMs * 2 ** Math.min(attempt - 1, 64));
}

/**
 * The same after a failure that named a time itself: never before it, and spread after it, as others
 * were told the same time.
 */
export function waitMs(attempt: number, backoff: Backoff, unit: number, retryAfterMs = 0): number {
  return retryAfterMs + backoffMs(attempt, backoff, unit);
}
