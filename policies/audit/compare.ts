/**
 * Compares what jobs did in two periods. A difference is told where chance does not explain it and
 * somebody would mind: of quantiles where their intervals of 99 % lie apart, of shares by the
 * difference of two proportions. What differs but may be chance is `unproven`, not `same`.
 *
 * @module
 */
import type { AuditVerdict } from "../../messages/audit.ts";
import { type Histogram, quantileWithin } from "../estimators/histogram.ts";

/** Jobs of each period below which nothing is said. */
export const jobsMin = 20;
/** Deviations that a normal value leaves by chance once in a hundred. */
const surelyAt = 2.576;
/** A time that differs by less is the same: machines differ by as much from day to day. */
const timeRatio = 1.1;
/** The same of a mean, of which no interval is known. */
const meanRatio = 1.25;
/** A share that differs by less is the same: one job of a hundred. */
const shareMin = .01;

/** What became of a measure. */
export interface Compared {
  readonly before: number | null;
  readonly now: number | null;
  /** Null where it was 0, or nothing is known. */
  readonly timesAsMuch: number | null;
  readonly verdict: AuditVerdict;
}

/** The quantile `q` of two periods. */
export function compareQuantile(before: Histogram, now: Histogram, q: number): Compared {
  const of = (histogram: Histogram) => histogram.count === 0 ? null : quantileWithin(histogram, q);
  const found = told(of(before), of(now));
  if (before.count < jobsMin || now.count < jobsMin) return { ...found, verdict: "unproven" };
  if (isNear(found, timeRatio)) return { ...found, verdict: "same" };
  const [was, is] = [reach(before, q), reach(now, q)];
  const verdict = is.low > was.high ? "worse" : is.high < was.low ? "better" : "unproven";
  return { ...found, verdict };
}

/** Between which values the true quantile lies. */
function reach(histogram: Histogram, q: number): { readonly low: number; readonly high: number } {
  const places = surelyAt * Math.sqrt(q * (1 - q) / histogram.count);
  return {
    low: quantileWithin(histogram, Math.max(0, q - places)),
    high: quantileWithin(histogram, Math.min(1, q + places)),
  };
}

/** Some of all. */
export interface Part {
  readonly part: number;
  readonly all: number;
}

/** The share of two periods. */
export function compareShare(before: Part, now: Part): Compared {
  const of = ({ part, all }: Part) => all === 0 ? null : part / all;
  const found = told(of(before), of(now));
  if (before.all < jobsMin || now.all < jobsMin) return { ...found, verdict: "unproven" };
  const more = found.now! - found.before!;
  if (Math.abs(more) < shareMin) return { ...found, verdict: "same" };
  const middle = (before.part + now.part) / (before.all + now.all);
  const deviation = Math.sqrt(middle * (1 - middle) * (1 / before.all + 1 / now.all));
  if (Math.abs(more) < surelyAt * deviation) return { ...found, verdict: "unproven" };
  return { ...found, verdict: more > 0 ? "worse" : "better" };
}

/** What a job took in the mean; null where that was not measured. */
export function compareMean(before: Part | null, now: Part | null): Compared {
  const of = (one: Part | null) => one === null || one.all === 0 ? null : one.part / one.all;
  const found = told(of(before), of(now));
  const { timesAsMuch } = found;
  const isKnown = timesAsMuch !== null && before!.all >= jobsMin && now!.all >= jobsMin;
  if (!isKnown) return { ...found, verdict: "unproven" };
  if (isNear(found, meanRatio)) return { ...found, verdict: "same" };
  return { ...found, verdict: timesAsMuch > 1 ? "worse" : "better" };
}

function told(before: number | null, now: number | null): Omit<Compared, "verdict"> {
  const timesAsMuch = before === null || now === null
    ? null
    : before === now
    ? 1
    : before === 0
    ? null
    : now / before;
  return { before, now, timesAsMuch };
}

const isNear = ({ timesAsMuch }: Omit<Compared, "verdict">, ratio: number) =>
  timesAsMuch !== null && timesAsMuch < ratio && timesAsMuch > 1 / ratio;
