/**
 * Pauses of who passes things on.
 *
 * @module
 */
import { delay } from "@std/async";

/** Resolves after `ms`, or when `signal` is aborted. */
export const rest = (ms: number, signal: AbortSignal): Promise<void> =>
  delay(ms, { signal }).catch(() => {});

/** Time over which things are counted, ms. */
const windowMs = 100;

/**
 * To be awaited after so many things: rests for `ms` where more than `perS` of them came in the tenth of
 * a second before, so that more can be passed on at once. What comes more seldom is never late.
 */
export function pace(
  ms: number,
  perS: number,
  signal: AbortSignal,
): (count: number) => Promise<void> {
  let [fromMs, counted, isBusy] = [-Infinity, 0, false];
  return async (count) => {
    const nowMs = performance.now();
    if (nowMs - fromMs >= windowMs) {
      // After a pause it is not known any more how many there are.
      isBusy = nowMs - fromMs < 2 * windowMs && counted > perS * windowMs / 1_000;
      [fromMs, counted] = [nowMs, 0];
    }
    counted += count;
    if (isBusy) await rest(ms, signal);
  };
}
