/**
 * Pauses of who passes things on.
 *
 * @module
 */
import { delay } from "@std/async";

/** Resolves after `ms`, or when `signal` is aborted. */
export const rest = (ms: number, signal: AbortSignal): Promise<void> =>
  delay(ms, { signal }).catch(() => {});

/**
 * To be awaited after each thing: rests for `ms` where they come closer together than half of that, so
 * that some more can be passed on at once; what comes alone is never late.
 */
export function pace(ms: number, signal: AbortSignal): () => Promise<void> {
  let lastMs = -Infinity;
  return async () => {
    const isBusy = performance.now() - lastMs < ms / 2;
    if (isBusy) await rest(ms, signal);
    lastMs = performance.now();
  };
}
