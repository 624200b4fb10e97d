/**
 * Alarms for someone who may have been away: stopped, or on a machine that was asleep.
 *
 * @module
 */
import type { Clock } from "./ports.ts";

/** An alarm that rings this much too late means that we were busy or away, ms. */
const lateMs = 100;
/** Longest time that is taken to hear what was said meanwhile, ms. */
const momentMs = 1_000;

/** A clock that knows when we came back. */
export interface PatientClock extends Clock {
  /** We were away until now; alarms of the next moment wait for its end. */
  back(): void;
}

/** When we came back, by clock. */
const backs = new WeakMap<Clock, number>();

/**
 * `clock`, but alarms that ring too late, or just after we came back, wait a moment: what was said
 * meanwhile is heard first. All made of one clock know of each other's `back`.
 */
export function patientClock(clock: Clock): PatientClock {
  const patience = (meantMs: number, nowMs: number): number => {
    const behindMs = nowMs - meantMs;
    const late = behindMs > lateMs ? Math.min(behindMs, momentMs) : 0;
    return Math.max(late, (backs.get(clock) ?? -Infinity) + momentMs - nowMs);
  };
  return {
    nowMs: () => clock.nowMs(),
    wallMs: () => clock.wallMs(),
    back: () => void backs.set(clock, clock.nowMs()),
    at(untilMs, fn) {
      const meantMs = Math.max(untilMs, clock.nowMs());
      let disarm = clock.at(untilMs, () => {
        const nowMs = clock.nowMs();
        const waitMs = patience(meantMs, nowMs);
        if (waitMs <= 0) return fn();
        disarm = clock.at(nowMs + waitMs, fn);
      });
      return () => disarm();
    },
  };
}
