/**
 * What to do where a worker takes long to start.
 *
 * While it takes less than a job may wait, workers are still started just in time, but for the whole
 * queue: those that are there may not get through it. Where it takes more, whoever comes when nobody
 * is free is late, and workers have to be there before they are needed: as many as are worth their
 * price at the rate at which jobs come, and more while the queue grows long all the same.
 *
 * @module
 */
import type { Proposal } from "../../messages/decision.ts";
import type { Reading } from "../../messages/signals.ts";
import { type Arrivals, arrive, noArrivals, rateNow } from "../estimators/rate.ts";
import { perS } from "../per_second.ts";
import { known } from "./blind.ts";
import { economicWorkers } from "./economic.ts";

/** Starts that take longer than this are slow, ms: on a busy machine others take a tenth of it. */
const slowMs = 500;
/** Bins of the rate for each start; never shorter or longer than this, ms. */
const binsAStart = 4;
const binMinMs = 500;
const binMaxMs = 8_000;
/** Jobs over which the run time is a mean. */
const jobsKept = 400;
/** The queue is long when it takes the present workers so much of a start, or of the wait. */
const longRatio = .5;
/** A worker that is started for a queue should have so many times as much to do as its start takes. */
const startsWorth = 2;

/** Groups of bins, and jobs in them, from which on their unevenness is believed. */
const groupsMin = 8;
const lumpJobsMin = 40;
/** The most of it that is believed. */
const lumpsMax = 4;
/** Starts under way at once, where they are slow and yet in time. */
const startsMax = 64;

/** The course of the work. */
export interface Course {
  readonly arrivals: Arrivals;
  /** Mean run time, ms; null before the first job has ended. */
  readonly serviceMs: number | null;
  /** Jobs it is a mean of. */
  readonly jobs: number;
}

/** What is demanded. */
export interface Terms {
  /** Wait a job may have, ms. */
  readonly waitTargetMs: number;
  /** What a late job costs, in mean run times. */
  readonly latePriceRuns: number;
  /** Most workers. */
  readonly cap: number;
}

/** Takes in a reading; null while starts are quick, then nothing of this is needed. */
export function follow(before: Course | null, reading: Reading): Course | null {
  const { startP50Ms, arrivals, finished, durationMs, nowMs } = reading;
  if (!known(startP50Ms) || startP50Ms <= slowMs) return null;
  const wantedMs = Math.max(binMinMs, Math.min(binMaxMs, startP50Ms / binsAStart));
  const binMs = binMinMs * 2 ** Math.round(Math.log2(wantedMs / binMinMs));
  const course = before?.arrivals.binMs === binMs
    ? before
    : { serviceMs: null, jobs: 0, ...before, arrivals: noArrivals(binMs) };
  const { serviceMs, jobs } = course;
  const counted = arrive(course.arrivals, arrivals, nowMs);
  if (finished <= 0 || !known(durationMs)) return { ...course, arrivals: counted };
  const share = finished / (Math.min(jobs, jobsKept) + finished);
  return {
    arrivals: counted,
    serviceMs: serviceMs === null ? durationMs : serviceMs + share * (durationMs - serviceMs),
    jobs: jobs + finished,
  };
}

/** When to start workers. */
export type Starts = Pick<Proposal, "floor" | "spawn" | "because">;

/** What is better than starts `justInTime` for the head of the queue; those, while nothing is known. */
export function ahead(
  { arrivals, serviceMs }: Course,
  reading: Reading,
  terms: Terms,
  justInTime: Starts,
): Starts {
  const { startP50Ms, startP99Ms, workers, starting } = reading;
  if (serviceMs === null || serviceMs <= 0 || !known(startP50Ms)) return justInTime;
  const work: Work = { serviceMs, startMs: startP50Ms, coming: workers + starting };
  if ((startP99Ms ?? startP50Ms) <= terms.waitTargetMs) {
    return patient(work, terms, justInTime) ?? overflow(work, reading, terms);
  }
  const lumps = lumpsOf(arrivals, 2 * serviceMs);
  const rate = rateNow(arrivals, lumps);
  return rate === null ? justInTime : bought(work, reading, terms, { perS: rate.perS, lumps });
}

/** What a start is weighed against. */
interface Work {
  readonly serviceMs: number;
  readonly startMs: number;
  /** Workers there are and will be. */
  readonly coming: number;
}

/** Workers that are there before they are needed. */
function bought(
  { serviceMs, startMs, coming }: Work,
  { queued, starting, arrivals }: Reading,
  { waitTargetMs, latePriceRuns, cap }: Terms,
  { perS: ratePerS, lumps }: { readonly perS: number; readonly lumps: number },
): Starts {
  const floor = economicWorkers({
    load: ratePerS * serviceMs / 1_000,
    service: serviceMs,
    wait: waitTargetMs,
    latePrice: latePriceRuns * serviceMs,
    peakedness: lumps,
  }, cap);
  const because = worth(floor, ratePerS, serviceMs);
  const queuedMs = queued * serviceMs;
  const more = queuedMs / (longRatio * Math.max(startMs, waitTargetMs)) - coming;
  const isLong = more > 0 && queuedMs > startsWorth * startMs;
  if ((!isLong && coming > 0) || queued <= starting) return { floor, because };
  const most = starting + Math.min(Math.ceil(more), Math.max(1, arrivals));
  return {
    floor,
    spawn: { lagMs: 0, queuePer: 1, startingMax: Math.min(queued, most) },
    because: `${because}, and ${queued} wait`,
  };
}

/** For how many workers a rate of jobs pays, in words: some, where any job comes. */
function worth(workers: number, ratePerS: number, serviceMs: number): string {
  if (ratePerS === 0) return "no jobs come that workers had to be ready for";
  return `${perS(ratePerS)} jobs a second of ${Math.round(serviceMs)} ms are worth ` +
    `${workers} ${workers === 1 ? "worker" : "workers"}`;
}

/** Starts at once where those that are there do not get through the queue in time. */
function overflow(
  { serviceMs, startMs, coming }: Work,
  { queued, oldestWaitMs }: Reading,
  { waitTargetMs }: Terms,
): Starts {
  const leftMs = Math.max(startMs, waitTargetMs - oldestWaitMs);
  const left = queued - coming * leftMs / serviceMs;
  if (left <= 0) return { floor: 0, because: "all that waits is begun in time" };
  const more = Math.ceil(left / (1 + (leftMs - startMs) / serviceMs));
  return {
    floor: coming + more,
    because: `${queued} jobs wait that ${coming} workers don't get through in time`,
  };
}

/**
 * As many starts as there are jobs that have waited as long as a start can be put off. Null where
 * somebody will most likely be free by then: a late job costs less than a start for each.
 */
function patient(
  { serviceMs, startMs, coming }: Work,
  { waitTargetMs, latePriceRuns }: Terms,
  { floor, spawn, because }: Starts,
): Starts | null {
  const { lagMs } = spawn!;
  const lateRatio = Math.exp(-coming * (waitTargetMs - lagMs) / serviceMs);
  const isWorth = coming === 0 || lateRatio * latePriceRuns * serviceMs > 2 * startMs;
  return !isWorth
    ? null
    : { floor, spawn: { lagMs, queuePer: 1, startingMax: startsMax }, because };
}

/**
 * How uneven arrivals are (variance over mean, 1..4) beyond what chance makes of even ones: by
 * differences of neighbours, so that a rate that has changed is no unevenness (von Neumann, 1941).
 */
export function lumpsOf({ counts, binMs }: Arrivals, spanMs: number): number {
  const bins = Math.max(1, Math.round(spanMs / binMs));
  const groups = Math.floor(counts.length / bins);
  if (groups < groupsMin) return 1;
  let [sum, squares, last] = [0, 0, NaN];
  for (let group = groups; group > 0; group--) {
    let count = 0;
    const from = counts.length - group * bins;
    for (let i = 0; i < bins; i++) count += counts[from + i]!;
    sum += count;
    if (group < groups) squares += (count - last) ** 2;
    last = count;
  }
  if (sum < lumpJobsMin) return 1;
  const lumps = squares / 2 / (groups - 1) / (sum / groups);
  const deviation = Math.sqrt((2 + groups / sum) / groups);
  return lumps - 1 > 2 * deviation ? Math.min(lumpsMax, lumps) : 1;
}
