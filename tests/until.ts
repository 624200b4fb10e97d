/**
 * Waiting for what comes without saying so.
 *
 * @module
 */
import { assert } from "@std/assert";
import { setImmediate } from "node:timers";

/** Time from one look to the next that counts at most, ms: a machine that was stopped did not wait. */
const countedMs = 1_000;

/** Waits for a condition, at most 30 s. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  let leftMs = 30_000;
  for (let lastMs = performance.now(); !(await condition());) {
    const nowMs = performance.now();
    leftMs -= Math.min(nowMs - lastMs, countedMs);
    lastMs = nowMs;
    assert(leftMs > 0, "the condition did not come within 30 s");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/**
 * Lets what has begun in this process go on to its end, where that takes a few turns of the loop and
 * no time. A timer of no time may be due sooner than they are over, on a busy machine.
 */
export async function settled(turns = 20): Promise<void> {
  for (let n = 0; n < turns; n++) await new Promise<void>((resolve) => setImmediate(resolve));
}
