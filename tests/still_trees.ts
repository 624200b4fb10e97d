/**
 * Process trees of a machine on which nothing can be seen or held, and what a test puts there.
 *
 * @module
 */
import type { Meters } from "../actors/limits/account.ts";
import { Meter } from "../actors/limits/meter.ts";
import { Solo } from "../actors/limits/solo.ts";
import { WorkerWatch } from "../actors/limits/worker_watch.ts";
import type { Clock, Host, Trees } from "../actors/ports.ts";

/** Nothing to be seen, but for what `part` says. */
export const stillTrees = (part: Partial<Trees> = {}): Trees => ({
  list: () => ({ rows: [], tookMs: 0 }),
  row: () => null,
  innerPid: () => null,
  shareBytes: () => null,
  peakBytes: () => null,
  resetPeak: () => false,
  ioBytes: () => null,
  kill: () => {},
  freeze: () => {},
  unable: {},
  coarse: null,
  cores: [0, 1],
  words: () => [],
  hold: () => Promise.resolve(),
  group: () => null,
  ...part,
});

/** Those who look at jobs, on that machine. */
export function stillMeters(clock: Clock): Meters {
  const trees = stillTrees();
  const solo = new Solo(trees);
  const host = { residentBytes: () => null } as unknown as Host;
  const watch = new WorkerWatch({ clock, host, trees }, solo, null, {
    links: () => [],
    condemn: () => {},
    drain: () => {},
    warn: () => {},
  });
  return { meter: new Meter(clock, trees), solo, watch };
}
