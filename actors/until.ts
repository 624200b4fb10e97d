/**
 * Waits for something to be true.
 *
 * @module
 */
import type { Clock } from "./ports.ts";

/** Time between two looks, ms. */
const everyMs = 2;

/** Resolves when `met` is true or `untilMs` (monotonic) is reached. */
export async function until(clock: Clock, untilMs: number, met: () => boolean): Promise<void> {
  while (!met() && clock.nowMs() < untilMs) {
    await new Promise<void>((resolve) => clock.at(clock.nowMs() + everyMs, resolve));
  }
}
