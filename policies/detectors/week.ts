/**
 * What an hour of the week is usually like: Monday at nine, Saturday at night. Hours are those of
 * UTC; a season that follows the clocks of people moves by one hour twice a year and is learned anew.
 *
 * @module
 */
import { type Ewma, smooth, unmeasured } from "../estimators/ewma.ts";

/** Hours of a week, and their length, ms. */
const hours = 168;
const day = 24;
const hourMs = 3_600_000;
/** Monday, 1970-01-05, 00:00 UTC. */
const mondayAt = 4 * day * hourMs;
/** Weight of the latest week; the first ones count alike. About a month is remembered. */
const weight = .25;

/** The hours of a week, from Monday 00:00 UTC on; plain data. */
export interface Week {
  readonly hours: readonly Ewma[];
}

/** An hour that is still to come. */
export interface Hour {
  /** Its beginning, wall ms. */
  readonly at: number;
  readonly value: number;
}

/** Nothing known. */
export const unknownWeek: Week = Object.freeze({ hours: Array(hours).fill(unmeasured) });

/** An hour in which the wall instant `at` lies had the mean `value`; none where it is not finite. */
export function takeHour(week: Week, value: number, at: number): Week {
  const number = hourOf(at);
  return { hours: week.hours.with(number, smooth(week.hours[number]!, value, weight)) };
}

/**
 * What is usual in the hour of the wall instant `at`: as in the same hour of other weeks; where there
 * was none, as in that hour of other days; null where there was none either.
 */
export function usual({ hours: known }: Week, at: number): number | null {
  const number = hourOf(at);
  const same = known[number]!.value;
  if (same !== null) return same;
  const others = known
    .filter((hour, i) => i % day === number % day && hour.value !== null)
    .map((hour) => hour.value!);
  return others.length === 0 ? null : others.reduce((sum, one) => sum + one, 0) / others.length;
}

/**
 * What is usual at the wall instant `at`, between the middles of the hours around it: as in the same
 * hour of other weeks; where there was none, of other days of the same kind (Monday to Friday, or the
 * weekend). Null where there was none either: a first weekend is not judged by the days before it.
 */
export function usualNow(week: Week, at: number): number | null {
  const own = sameHour(week, at);
  const middle = at - hourMs / 2;
  // Between Friday and Saturday there is no slope, but a step.
  if (own === null || isWorkday(hourOf(middle)) !== isWorkday(hourOf(middle + hourMs))) return own;
  const [before, after] = [sameHour(week, middle), sameHour(week, middle + hourMs)];
  if (before === null || after === null) return own;
  const part = middle / hourMs - Math.floor(middle / hourMs);
  return before + part * (after - before);
}

const isWorkday = (hour: number): boolean => hour < 5 * day;

function sameHour({ hours: known }: Week, at: number): number | null {
  const number = hourOf(at);
  const same = known[number]!.value;
  if (same !== null) return same;
  const others = known.flatMap(({ value }, hour) =>
    value !== null && hour % day === number % day && isWorkday(hour) === isWorkday(number)
      ? [value]
      : []
  );
  return others.length === 0 ? null : others.reduce((sum, one) => sum + one, 0) / others.length;
}

/** The busiest hour of the week that begins after `at`; null where nothing is known. */
export function nextPeak(week: Week, at: number): Hour | null {
  const first = (Math.floor(at / hourMs) + 1) * hourMs;
  let peak: Hour | null = null;
  for (let i = 0; i < hours; i++) {
    const hour = first + i * hourMs;
    const value = usual(week, hour);
    if (value !== null && (peak === null || value > peak.value)) peak = { at: hour, value };
  }
  return peak;
}

function hourOf(at: number): number {
  const number = Math.floor((at - mondayAt) / hourMs) % hours;
  return number < 0 ? number + hours : number;
}
