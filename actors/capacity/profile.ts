/**
 * What one operation needs, how its jobs come, and how that grows.
 *
 * @module
 */
import type { Bursts, Need, OperationProfile, Peak, Season } from "../../messages/capacity.ts";
import {
  createBurst,
  spareWorkers,
  takeArrivals,
  unevenness,
} from "../../policies/detectors/burst.ts";
import { periodsOf } from "../../policies/detectors/season.ts";
import { nextPeak, takeHour, unknownWeek } from "../../policies/detectors/week.ts";
import { type Decaying, decayingQuantile } from "../../policies/estimators/decaying.ts";
import { percentiles } from "../../policies/estimators/histogram.ts";
import type { Tallies } from "../series/read.ts";
import { place, Tally } from "../series/tally.ts";
import type { Entry } from "../weight.ts";
import { grown } from "./growth.ts";
import { dayMs, evenly } from "./history.ts";

const hourMs = 3_600_000;
const tenSecondsMs = 10_000;
/** Hours without which no season is looked for: three days; and no peak: one. */
const seasonHoursMin = 72;
const peakHoursMin = 24;
/** Slots of ten seconds without which nothing is said of bursts, as the detector has it. */
const burstSlotsMin = 60;

/** What an operation did, and what is reserved for it. */
export interface Known {
  readonly operation: string;
  readonly byHours: Tallies;
  readonly bySeconds: Tallies;
  readonly entry: Entry | undefined;
  /** Now, epoch ms. */
  readonly wallMs: number;
}

/** The profile of an operation; what there is not enough data for is null, and says why. */
export function profileOf(
  { operation, byHours, bySeconds, entry, wallMs }: Known,
): OperationProfile {
  const unknown: Record<string, string> = {};
  const say = <T>(name: string, value: T | null, because: string): T | null => {
    if (value === null) unknown[name] = because;
    return value;
  };
  const all = new Tally();
  for (const tally of byHours.values()) all.add(tally);
  const { sums, durationMs, peakBytes } = all;
  const mean = (sum: number, count: number) => count === 0 ? null : sum / count;
  const cpuMean = mean(1_000 * sums[place.cpuSeconds]!, sums[place.cpuKnown]!);
  const hours = evenly(byHours, hourMs, wallMs, new Tally())
    .map(({ at, value }) => ({ at, jobs: value.sums[place.enqueued]! }));
  const growth = grown(busyDays(byHours, wallMs));
  const lacks = (count: number, of: number, what: string) =>
    `not enough data: ${Math.min(count, of)} of ${of} ${what}`;
  const unmeasured = "none of its jobs was measured";
  const footprint = entry?.footprint;
  return {
    operation,
    jobs: sums[place.ended]!,
    durationMs: percentiles(durationMs),
    cpuMs: say("cpuMs", needOf(footprint?.cpuMs), "only of commands, and of tasks that run alone"),
    cpuMeanMs: say("cpuMeanMs", cpuMean, unmeasured),
    memoryBytes: say(
      "memoryBytes",
      needOf(footprint?.memoryBytes),
      "only of commands, and of tasks that run alone",
    ),
    peakBytes: say("peakBytes", peakBytes === 0 ? null : peakBytes, unmeasured),
    ioMeanBytes: say(
      "ioMeanBytes",
      mean(sums[place.ioBytes]!, sums[place.ioKnown]!),
      unmeasured,
    ),
    seasons: say("seasons", seasonsOf(hours), lacks(hours.length, seasonHoursMin, "hours")),
    bursts: say(
      "bursts",
      burstsOf(bySeconds, wallMs, durationMs.count === 0 ? 0 : durationMs.sum / durationMs.count),
      "not enough data: ten minutes with jobs, within the last three hours",
    ),
    growth: say("growth", growth.growth, growth.lack),
    nextPeak: say("nextPeak", peakOf(hours, wallMs), lacks(hours.length, peakHoursMin, "hours")),
    unknown,
  };
}

interface Hour {
  readonly at: number;
  readonly jobs: number;
}

function seasonsOf(hours: readonly Hour[]): readonly Season[] | null {
  if (hours.length < seasonHoursMin) return null;
  return periodsOf(hours.map(({ jobs }) => jobs)).map(({ length, strengthRatio }) => ({
    everyMs: length * hourMs,
    strengthRatio,
  }));
}

function peakOf(hours: readonly Hour[], wallMs: number): Peak | null {
  if (hours.length < peakHoursMin) return null;
  const week = hours.reduce((week, { at, jobs }) => takeHour(week, jobs, at), unknownWeek);
  const peak = nextPeak(week, wallMs);
  return peak && { at: new Date(peak.at).toISOString(), jobs: peak.value };
}

/** Counts of ten seconds; their dispersion is that of seconds where jobs don't know of each other. */
function burstsOf(bySeconds: Tallies, wallMs: number, serviceMs: number): Bursts | null {
  const slots = evenly(bySeconds, tenSecondsMs, wallMs, new Tally());
  if (slots.length < burstSlotsMin) return null;
  const burst = createBurst();
  for (const { at, value } of slots) {
    takeArrivals(burst, value.sums[place.enqueued]!, at + tenSecondsMs);
  }
  const found = unevenness(burst);
  if (found === null) return null;
  const perS = 1_000 / tenSecondsMs;
  const rates = {
    ...found,
    meanPerS: found.meanPerS * perS,
    peakPerS: found.peakPerS * perS,
  };
  return { ...rates, spareWorkers: spareWorkers(rates, serviceMs) };
}

/** Time that jobs of each whole day took together, ms. */
function busyDays(byHours: Tallies, wallMs: number): (number | null)[] {
  const days = new Map<number, number>();
  for (const [at, { durationMs }] of byHours) {
    const day = Math.floor(at / dayMs) * dayMs;
    days.set(day, (days.get(day) ?? 0) + durationMs.sum);
  }
  return evenly<number | null>(days, dayMs, wallMs, null).map(({ value }) => value);
}

function needOf(values: Decaying | undefined): Need | null {
  if (!values || values.buckets.size === 0) return null;
  const at = (q: number) => decayingQuantile(values, q);
  return { p50: at(.5), p95: at(.95), max: at(1) };
}
