/**
 * What was seen and done over time, as capacity is told of it.
 *
 * @module
 */
import type { Seen } from "../host/limits/traffic.ts";
import { readJobs, readLevels, type Tallies, timeOf } from "../series/read.ts";
import type { Levels } from "../series/levels.ts";
import type { Series } from "../series/series.ts";

const hourMs = 3_600_000;
/** Length of a day, ms. */
export const dayMs = 24 * hourMs;
/** How far back: hours are kept for 60 days, ten seconds for 3 hours, days for 2 years. */
const hoursBackMs = 60 * dayMs;
const secondsBackMs = 3 * hourMs;
const daysBackMs = 730 * dayMs;

/** Everything that was read. */
export interface History {
  /** Now, epoch ms. */
  readonly wallMs: number;
  /** What was looked at, by days. */
  readonly days: ReadonlyMap<number, Levels>;
  /** The same, by ten seconds. */
  readonly seconds: ReadonlyMap<number, Levels>;
  /** Jobs by operation, by hours and by ten seconds. */
  readonly jobsByHours: ReadonlyMap<string | null, Tallies>;
  readonly jobsBySeconds: ReadonlyMap<string | null, Tallies>;
}

/** Reads what is kept. */
export async function historyOf(series: Series): Promise<History> {
  const wallMs = series.clock.wallMs();
  const by = { by: "operation" } as const;
  return {
    wallMs,
    days: await readLevels(series, timeOf("1d", daysBackMs, wallMs)),
    seconds: await readLevels(series, timeOf("10s", secondsBackMs, wallMs)),
    jobsByHours: await readJobs(series, timeOf("1h", hoursBackMs, wallMs), by),
    jobsBySeconds: await readJobs(series, timeOf("10s", secondsBackMs, wallMs), by),
  };
}

/** The most that was seen of each of `names`; null: nothing. */
export function mostOf({ days }: History, names: readonly string[]): Seen {
  return Object.fromEntries(names.map((name) => {
    let most: number | null = null;
    for (const { byName } of days.values()) {
      const level = byName.get(name);
      if (level && level.max > 0) most = Math.max(most ?? 0, level.max);
    }
    return [name, most];
  }));
}

/**
 * A value for each whole slot of `lengthMs`, from the one after the first that is known up to the one
 * before `wallMs`: neither is whole. `otherwise` stands where there is none.
 */
export function evenly<T>(
  slots: ReadonlyMap<number, T>,
  lengthMs: number,
  wallMs: number,
  otherwise: T,
): { readonly at: number; readonly value: T }[] {
  const first = Math.min(...slots.keys());
  if (first === Infinity) return [];
  const from = Math.floor(first / lengthMs) * lengthMs + lengthMs;
  const until = Math.floor(wallMs / lengthMs) * lengthMs;
  const found: { at: number; value: T }[] = [];
  for (let at = from; at < until; at += lengthMs) {
    found.push({ at, value: slots.get(at) ?? otherwise });
  }
  return found;
}
