/**
 * Real time.
 *
 * @module
 */
import type { Clock, Random } from "../ports.ts";

/** Longest delay a timer of the platform takes; a longer one would fire at once. */
const delayMaxMs = 2 ** 31 - 1;

/** Monotonic and wall time of this machine. */
export const realClock: Clock = {
  nowMs: () => performance.now(),
  wallMs: () => Date.now(),
  at(untilMs, fn) {
    let timer: ReturnType<typeof setTimeout>;
    const arm = () => {
      // Timers may fire up to a millisecond early by the monotonic clock.
      const leftMs = Math.ceil(untilMs - performance.now());
      timer = leftMs > delayMaxMs
        ? setTimeout(arm, delayMaxMs)
        : setTimeout(() => performance.now() < untilMs ? arm() : fn(), Math.max(0, leftMs));
    };
    arm();
    return () => clearTimeout(timer);
  },
};

/** Chance of this machine. */
export const realRandom: Random = { unit: Math.random };
