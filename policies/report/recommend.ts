/**
 * Settings that a pool will want: said, and never set.
 *
 * @module
 */
import type { Bursts, Recommendation, Saturation } from "../../messages/capacity.ts";
import { perS } from "../per_second.ts";

/** Time for which what is recommended should be enough, days: a month. */
const aheadDays = 30;
const weekDays = 7;

/** What is known of a pool. */
export interface PoolSight {
  /** Its name. */
  readonly pool: string;
  /** Idle workers that are kept ready, as configured. */
  readonly spares: number;
  /** Its workers: how many are used, of how many; null: not known. */
  readonly workers: Saturation | null;
  /** How the jobs of each of its operations come; null: not known. */
  readonly bursts: readonly (Bursts | null)[];
}

/** What should be more than it is, the more urgent first. */
export function recommended(sight: PoolSight): readonly Recommendation[] {
  return [mostOf(sight), sparesOf(sight)].filter((one) => one !== null);
}

/** The largest size, where growth goes past it within a month. */
function mostOf({ pool, workers }: PoolSight): Recommendation | null {
  if (workers === null || workers.growth === null || workers.level === null) return null;
  const { limit, level, days, growth: { perWeekRatio, highPerWeekRatio } } = workers;
  if (days === null || days > aheadDays) return null;
  const value = Math.ceil(level * (1 + Math.max(0, highPerWeekRatio)) ** (aheadDays / weekDays));
  if (value <= limit) return null;
  return {
    key: `pools.${pool}.workers.max`,
    configured: limit,
    value,
    because: `a usual day takes ${whole(level)} of ${limit} workers and ` +
      `${whole(100 * perWeekRatio)} % more each week: in a month up to ${value}`,
  };
}

/** Workers laid ready for the peaks of all operations, as if these came together. */
function sparesOf({ pool, spares, bursts }: PoolSight): Recommendation | null {
  const known = bursts.filter((burst) => burst !== null);
  const value = known.reduce((sum, { spareWorkers }) => sum + spareWorkers, 0);
  if (value <= spares) return null;
  const peak = known.reduce((sum, { peakPerS }) => sum + peakPerS, 0);
  const mean = known.reduce((sum, { meanPerS }) => sum + meanPerS, 0);
  return {
    key: `pools.${pool}.spares`,
    configured: spares,
    value,
    because: `${perS(peak)} jobs a second come in the busiest ten seconds of a thousand, ` +
      `${perS(mean)} in the mean`,
  };
}

const whole = (value: number) => Number(value.toPrecision(2));
