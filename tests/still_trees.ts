/**
 * Process trees of a machine on which nothing can be seen or held, and what a test puts there.
 *
 * @module
 */
import type { Meters } from "../actors/limits/account.ts";
import { Footprints } from "../actors/footprints.ts";
import { makeMeters } from "../actors/limits/meters.ts";
import type { Clock, Host, ProcessRow, Trees } from "../actors/ports.ts";

/** A process that leads its own session and holds 1 MiB, but for what `part` says. */
export const row = (pid: number, part: Partial<ProcessRow> = {}): ProcessRow => ({
  pid,
  parent: 1,
  session: pid,
  startedTicks: pid,
  cpuMs: 10,
  childMs: 0,
  residentBytes: 2 ** 20,
  ...part,
});

/** Nothing to be seen, but for what `part` says. */
export const stillTrees = (part: Partial<Trees> = {}): Trees => ({
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
  cores: [0, 1],
  words: () => [],
  hold: () => Promise.resolve(),
  group: () => null,
  ...part,
});

/** Those who look at jobs, on that machine. */
export function stillMeters(clock: Clock): Meters {
  const host = { residentBytes: () => null } as unknown as Host;
  const looks = { footprints: new Footprints(clock), workerBytes: null };
  return makeMeters({ clock, host, trees: stillTrees() }, looks, {
    links: () => [],
    condemn: () => {},
    drain: () => {},
    retire: () => {},
    rested: () => {},
    pause: () => {},
    note: () => {},
  });
}
