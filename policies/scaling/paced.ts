/**
 * A policy among others, asked at its own rhythm.
 *
 * @module
 */
import type { Proposal } from "../../messages/decision.ts";
import { added, type Counts, earlyMs, quickMs } from "./counts.ts";
import type { Stepper } from "./mod.ts";

/** Where it stands between two steps. */
interface Pace {
  readonly said: Proposal | null;
  readonly askMs: number;
  readonly since: Counts | null;
}

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
