/**
 * When the machine, the pool and the queue will be too small.
 *
 * @module
 */
import type { Saturation } from "../../messages/capacity.ts";
import { daysUntil } from "../../policies/detectors/growth.ts";
import type { Levels } from "../series/levels.ts";
import { grown } from "./growth.ts";
import { dayMs, evenly } from "./history.ts";

/** What is used up, and its limit; null: it has none. */
export type Resource = readonly [name: string, limit: number | null];

/** Days that are looked at: eight weeks. */
const daysMax = 56;

/** Each resource with its growth, the one that is used up first at the top. */
export function saturationOf(
  days: ReadonlyMap<number, Levels>,
  resources: readonly Resource[],
  wallMs: number,
): readonly Saturation[] {
  const whole = evenly<Levels | null>(days, dayMs, wallMs, null).slice(-daysMax);
  return resources
    .flatMap(([resource, limit]) => {
      if (limit === null) return [];
      const used = whole.map(({ value }) => value?.byName.get(resource)?.p95 ?? null);
      return [saturate(resource, limit, used)];
    })
    .sort((one, other) => (one.days ?? Infinity) - (other.days ?? Infinity));
}

function saturate(resource: string, limit: number, used: readonly (number | null)[]): Saturation {
  const { trend, growth, lack } = grown(used);
  if (trend === null) {
    const level = used.at(-1) ?? null;
    const none = { days: null, earliestDays: null, latestDays: null };
    return { resource, limit, level, growth, ...none, because: lack };
  }
  const until = daysUntil(trend, limit);
  const because = until.days === null
    ? "it does not grow"
    : until.latestDays === null
    ? `in about ${Math.round(until.days)} days, if it grows at all: that is not sure`
    : `in about ${Math.round(until.days)} days`;
  return { resource, limit, level: trend.level, growth, ...until, because };
}
