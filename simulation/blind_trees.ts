/**
 * Process trees of a machine on which nothing can be seen or held.
 *
 * @module
 */
import type { Trees } from "../actors/ports.ts";

/** Sees nobody. */
export const blindTrees: Trees = {
  list: () => ({ rows: [], tookMs: 0 }),
  row: () => null,
  self: 1,
  below: () => [],
  innerPid: () => null,
  shareBytes: () => null,
  peakBytes: () => null,
  resetPeak: () => false,
  ioBytes: () => null,
  kill: () => {},
  freeze: () => {},
  unable: {},
  coarse: null,
  weightless: null,
  cores: [0],
  words: () => [],
  hold: () => Promise.resolve(),
  group: () => null,
};
