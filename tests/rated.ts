/**
 * Rates as a configuration has them.
 *
 * @module
 */
import type { KeyLimit } from "../messages/limits.ts";

/** Any number of jobs at once, but only so much of each unit. */
export const rated = (
  rates: Readonly<Record<string, string>>,
  burst: number | null = null,
): KeyLimit => ({
  each: null,
  keys: null,
  rates: Object.fromEntries(Object.entries(rates).map(([unit, rate]) => [unit, { rate, burst }])),
});
