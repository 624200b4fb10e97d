/**
 * Alarms for someone who may have been away.
 *
 * @module
 */
import type { Clock } from "./ports.ts";

/** An alarm that rings this much too late means that we were frozen, ms. */
export const lateMs = 3_000;
/** Time to hear what was said meanwhile, ms. */
const momentMs = 1_000;

/** `clock`, but an alarm that rings much too late waits a moment, so that the others are heard first. */
export function patientClock(clock: Clock): Clock {
  return {
    nowMs: () => clock.nowMs(),
    wallMs: () => clock.wallMs(),
    at(untilMs, fn) {
      const meantMs = Math.max(untilMs, clock.nowMs());
      let disarm = clock.at(untilMs, () => {
        const nowMs = clock.nowMs();
        if (nowMs - meantMs <= lateMs) return fn();
        disarm = clock.at(nowMs + momentMs, fn);
      });
      return () => disarm();
    },
  };
}
