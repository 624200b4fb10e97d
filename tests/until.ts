/**
 * Waiting for what comes without saying so.
 *
 * @module
 */
import { assert } from "@std/assert";

/** Waits for a condition, at most 30 s. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + 30_000;
  while (!(await condition())) {
    assert(performance.now() < end, "the condition did not come within 30 s");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
