/**
 * Growth from day to day, as people read it.
 *
 * @module
 */
import type { GrowthTrend } from "../../messages/capacity.ts";
import { noDays, takeDay, type Trend, trendOf } from "../../policies/detectors/growth.ts";

/** Days without which nothing is said, as the detector has it. */
const daysMin = 7;

/** What days say. */
export interface Grown {
  /** Null where they are too few. */
  readonly trend: Trend | null;
  readonly growth: GrowthTrend | null;
  /** Why there is none. */
  readonly lack: string;
}

/** The growth of a value a day, oldest first; null: unknown. */
export function grown(days: readonly (number | null)[]): Grown {
  const trend = trendOf(days.reduce(takeDay, noDays));
  const known = days.filter((day) => day !== null && day > 0).length;
  const lack = `not enough data: ${known} of ${daysMin} days`;
  if (trend === null) return { trend, growth: null, lack };
  const perWeek = (perDayRatio: number) => (1 + perDayRatio) ** 7 - 1;
  const growth = {
    days: known,
    perWeekRatio: perWeek(trend.perDayRatio),
    lowPerWeekRatio: perWeek(trend.lowRatio),
    highPerWeekRatio: perWeek(trend.highRatio),
  };
  return { trend, growth, lack };
}
