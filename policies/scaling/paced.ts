/**
 * A policy among others, asked at its own rhythm.
 *
 * @module
 */
import type { Proposal } from "../../messages/decision.ts";
import type { Reading } from "../../messages/signals.ts";
import type { Stepper } from "./mod.ts";

/** What a reading counts since the one before. */
export type Counts = Pick<Reading, "arrivals" | "finished" | "failed" | "timedOut">;
/** Where it stands between two steps. */
interface Pace {
  readonly said: Proposal | null;
  readonly askMs: number;
  readonly since: Counts | null;
}

/** Policies that are asked more often take every reading, ms. */
export const quickMs = 1_000;
/** A timer may be so much early, ms. */
export const earlyMs = 20;

/**
 * Lets others be asked more often than this policy wants to be: in between it stands by what it said
 * last, and at its next step it is told of all that was counted since.
 */
export function paced(stepper: Stepper): Stepper {
  const { everyMs } = stepper;
  if (everyMs <= quickMs) return stepper;
  let said: Proposal | null = null;
  let askMs = -Infinity;
  let since: Counts | null = null;
  return {
    ...stepper,
    step(reading) {
      since = added(since, reading);
      if (said !== null && reading.nowMs < askMs) return said;
      said = stepper.step({ ...reading, ...since });
      since = null;
      const { nowMs } = reading;
      const dueMs = nowMs + everyMs - earlyMs;
      // It may want to be asked sooner, but not at once again.
      askMs = Math.min(dueMs, Math.max(nowMs + earlyMs, said.wakeAtMs ?? dueMs));
      return said;
    },
    save: () => ({ own: stepper.save?.(), said, askMs, since }),
    load(saved) {
      const { own, ...rest } = saved as Pace & { readonly own: unknown };
      stepper.load?.(own);
      ({ said, askMs, since } = rest);
    },
    get memory() {
      return stepper.memory;
    },
    get kept() {
      return stepper.kept;
    },
  };
}

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
