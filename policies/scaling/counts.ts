/**
 * What is counted between two steps of a policy that is asked seldom.
 *
 * @module
 */
import type { Reading } from "../../messages/signals.ts";

/** What a reading counts since the one before. */
export type Counts = Pick<Reading, "arrivals" | "finished" | "failed" | "timedOut">;

/** Policies that are asked more often take every reading, ms. */
export const quickMs = 1_000;
/** A timer may be so much early, ms. */
export const earlyMs = 20;

/** What was counted, with what a reading counts besides. */
export function added(
  since: Counts | null,
  { arrivals, finished, failed, timedOut }: Reading,
) {
  return {
    arrivals: arrivals + (since?.arrivals ?? 0),
    finished: finished + (since?.finished ?? 0),
    failed: failed + (since?.failed ?? 0),
    timedOut: timedOut + (since?.timedOut ?? 0),
  };
}
