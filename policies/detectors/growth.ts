/**
 * How fast demand grows from day to day, and when it will be all there is. Days are compared with
 * the same day of other weeks as soon as there are three weeks, so that weekends are no trend, and by
 * their logarithms, as what grows does so by a share of itself.
 *
 * @module
 */
import { slope } from "../estimators/trend.ts";

/** Days that are looked at, and without which nothing is said. */
const daysMax = 56;
const daysMin = 7;
/** Days of a week, and those from which on only the same ones are compared. */
const week = 7;
const weeksFrom = 21;

/** How demand has been; plain data. */
export interface Growth {
  /** Demand of each day (such as the 95th percentile of busy workers), oldest first; null: unknown. */
  readonly days: readonly (number | null)[];
}

/** How fast demand grows. */
export interface Trend {
  /** Demand of a usual day by the end of the last one. */
  readonly level: number;
  /** Share by which each day is above the one before: .01 is 1 %. */
  readonly perDayRatio: number;
  /** Ends of the interval that holds the true share with 95 %. */
  readonly lowRatio: number;
  readonly highRatio: number;
}

/** Days until something, counted from the last one; null: not in sight. */
export interface Days {
  readonly days: number | null;
  /** As early and as late as growth lets it be with 95 %. */
  readonly earliestDays: number | null;
  readonly latestDays: number | null;
}

/** No day yet. */
export const noDays: Growth = Object.freeze({ days: [] });

/** A day is over. A demand that is not positive, or not finite, is unknown: nobody was there. */
export function takeDay({ days }: Growth, demand: number | null): Growth {
  const isKnown = demand !== null && demand > 0 && demand < Infinity;
  return { days: [...days.slice(days.length < daysMax ? 0 : 1), isKnown ? demand : null] };
}

/** How fast demand grows; null before a week is known. */
export function trendOf({ days }: Growth): Trend | null {
  const logs = days.map((demand) => demand === null ? null : Math.log(demand));
  const known = logs.filter((log) => log !== null);
  if (known.length < daysMin) return null;
  const found = slope(logs, known.length < weeksFrom ? 1 : week);
  if (found === null) return null;
  const last = logs.length - 1;
  const today = logs
    .flatMap((log, i) => log === null ? [] : [log + found.rise * (last - i)])
    .sort((a, b) => a - b);
  const half = today.length >> 1;
  const level = today.length % 2 === 1 ? today[half]! : (today[half - 1]! + today[half]!) / 2;
  return {
    level: Math.exp(level),
    perDayRatio: Math.expm1(found.rise),
    lowRatio: Math.expm1(found.low),
    highRatio: Math.expm1(found.high),
  };
}

/** When demand reaches `limit`, if it grows on as it did. */
export function daysUntil({ level, perDayRatio, lowRatio, highRatio }: Trend, limit: number): Days {
  const left = Math.log(limit / level);
  const at = (ratio: number) => left <= 0 ? 0 : ratio > 0 ? left / Math.log1p(ratio) : null;
  return { days: at(perDayRatio), earliestDays: at(highRatio), latestDays: at(lowRatio) };
}
