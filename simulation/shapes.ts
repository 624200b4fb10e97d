/**
 * Arrivals made by chance: jobs that come independently of each other at a rate that changes.
 *
 * @module
 */
import type { SeededRandom } from "./random.ts";
import { type PlannedJob, type Workload, workloadOf } from "./workload.ts";

/** How often jobs come at an instant from the beginning, s: jobs a second. */
export type RateAt = (atS: number) => number;

/** What a made-up workload is made of. */
export interface ShapeOptions {
  /** What it is called. */
  readonly name: string;
  /** How long jobs come, s. */
  readonly spanS: number;
  /** How often. */
  readonly rate: RateAt;
  /** The rate is never above this. */
  readonly rateMax: number;
  /** Mean run time, s; run times are exponential. */
  readonly serviceS: number;
  /** Share of jobs of class high, normal and low. Default: all are normal. */
  readonly classes?: readonly [number, number, number];
  /** Others, at certain instants: when (s) and how many. */
  readonly besides?: readonly { readonly atS: number; readonly jobs: number }[];
}

/** Makes a workload: a Poisson process of that rate, by thinning one of the highest rate. */
export function shaped(options: ShapeOptions, random: SeededRandom): Workload {
  const { name, spanS, rate, rateMax, serviceS, classes, besides = [] } = options;
  const jobs: PlannedJob[] = [];
  const add = (atS: number) => {
    const serviceMs = random.exponential(serviceS) * 1_000;
    const rank = classes === undefined ? 1 : rankOf(classes, random.unit());
    jobs.push({ atMs: atS * 1_000, serviceMs, rank });
  };
  for (let atS = 0;;) {
    atS += random.exponential(1 / rateMax);
    if (atS >= spanS) break;
    if (random.unit() * rateMax < rate(atS)) add(atS);
  }
  for (const { atS, jobs } of besides) for (let i = 0; i < jobs; i++) add(atS);
  return workloadOf(name, jobs, spanS * 1_000);
}

/** The same at all times. */
export const constant = (perS: number): RateAt => () => perS;

/** `perS` until `fromS`, `otherPerS` from there to `untilS`, and `perS` again. */
export const stepped =
  (perS: number, otherPerS: number, fromS: number, untilS: number): RateAt => (atS) =>
    atS >= fromS && atS < untilS ? otherPerS : perS;

/** Straight up from `leastPerS` to `mostPerS` in the first half of `spanS`, and down again. */
export const ramped = (leastPerS: number, mostPerS: number, spanS: number): RateAt => (atS) =>
  leastPerS + (mostPerS - leastPerS) * (1 - Math.abs(2 * atS / spanS - 1));

/** Two rates in turn, each for an exponential time with a mean of its own, the second one first. */
export function switching(
  on: { readonly perS: number; readonly meanS: number },
  off: { readonly perS: number; readonly meanS: number },
  spanS: number,
  random: SeededRandom,
): RateAt {
  const untilS: number[] = [];
  for (let atS = 0; atS < spanS;) {
    atS += random.exponential((untilS.length % 2 === 0 ? off : on).meanS);
    untilS.push(atS);
  }
  let at = 0;
  return (atS) => {
    if (at > 0 && atS < untilS[at - 1]!) at = 0;
    while (at < untilS.length - 1 && atS >= untilS[at]!) at++;
    return (at % 2 === 0 ? off : on).perS;
  };
}

/** `perS`, and so many times that at each of `peaksS`: straight up in `riseS`, then fading by `fadeS`. */
export const spiked = (
  perS: number,
  times: number,
  peaksS: readonly number[],
  { riseS, fadeS }: { readonly riseS: number; readonly fadeS: number },
): RateAt =>
(atS) => {
  let above = 0;
  for (const peakS of peaksS) {
    const behindS = atS - peakS;
    if (behindS >= 0) above += Math.exp(-behindS / fadeS);
    else if (behindS > -riseS) above += 1 + behindS / riseS;
  }
  return perS * (1 + (times - 1) * Math.min(1, above));
};

function rankOf([high, normal]: readonly [number, number, number], unit: number): number {
  return unit < high ? 0 : unit < high + normal ? 1 : 2;
}
