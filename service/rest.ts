/**
 * A pause that ends with who takes it.
 *
 * @module
 */
import { delay } from "@std/async";

/** Resolves after `ms`, or when `signal` is aborted. */
export const rest = (ms: number, signal: AbortSignal): Promise<void> =>
  delay(ms, { signal }).catch(() => {});
