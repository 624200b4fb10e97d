/**
 * Real time.
 *
 * @module
 */
import type { Clock, Random } from "../ports.ts";

/** Longest delay a timer of the platform takes; a longer one would fire at once. */
const delayMaxMs = 2 ** 31 - 1;

/** Both times of the present turn of the loop. Reading a clock costs as much as a short task. */
const turn = { fresh: false, nowMs: 0, wallMs: 0 };
const forget = () => void (turn.fresh = false);

function look(): typeof turn {
  if (!turn.fresh) {
    turn.nowMs = performance.now();
    turn.wallMs = Date.now();
    turn.fresh = true;
    queueMicrotask(forget);
  }
  return turn;
}

/** Monotonic and wall time of this machine; within one turn of the loop both stand still. */
export const realClock: Clock = {
  nowMs: () => look().nowMs,
  wallMs: () => look().wallMs,
  lookMs: () => performance.now(),
  at(untilMs, fn) {
    let timer: ReturnType<typeof setTimeout>;
    const arm = () => {
      // Timers may fire up to a millisecond early by the monotonic clock.
      const leftMs = Math.ceil(untilMs - performance.now());
      timer = leftMs > delayMaxMs
        ? setTimeout(arm, delayMaxMs)
        : setTimeout(ring, Math.max(0, leftMs));
    };
    const ring = () => {
      turn.fresh = false; // Whoever is called now must not see an instant before its own.
      if (performance.now() < untilMs) arm();
      else fn();
    };
    arm();
    return () => clearTimeout(timer);
  },
};

/** Chance of this machine. */
export const realRandom: Random = { unit: Math.random };
