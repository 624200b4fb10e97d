/**
 * Alarms for someone who may have been away.
 *
 * @module
 */
import type { Clock } from "./ports.ts";

/** An alarm that rings this much too late means that we were busy or frozen, ms. */
const lateMs = 100;
/** Longest time that is taken to hear what was said meanwhile, ms. */
const momentMs = 1_000;

/** `clock`, but an alarm that rings too late waits as long again, so that others are heard first. */
export function patientClock(clock: Clock): Clock {
  return {
    nowMs: () => clock.nowMs(),
    wallMs: () => clock.wallMs(),
    at(untilMs, fn) {
      const meantMs = Math.max(untilMs, clock.nowMs());
      let disarm = clock.at(untilMs, () => {
        const nowMs = clock.nowMs();
        const behindMs = nowMs - meantMs;
        if (behindMs <= lateMs) return fn();
        disarm = clock.at(nowMs + Math.min(behindMs, momentMs), fn);
      });
      return () => disarm();
    },
  };
}
