/**
 * What the machine and the service can take, what operations need, and when that will be too much.
 *
 * @module
 */
import type { Percentiles } from "./status.ts";

/**
 * How sure a number is. `enforced`: the kernel, or we, hold everybody to it. `reported`: a device says
 * so of itself. `measured`: a probe has tried it. `observed`: so much was seen, more may be possible.
 * `unknown`: there is none.
 */
export type Confidence = "enforced" | "reported" | "measured" | "observed" | "unknown";

/** What is asked of capacity. */
export interface CapacityQuery {
  /**
   * Try how fast the disk of the data directory is, by a file of its own of 64 MiB at most, which is
   * removed again. Default: false, and what an earlier probe has found is told.
   */
  readonly probe?: boolean;
}

/** Somewhere that a limit may come from. */
export interface LimitCandidate {
  /** A file, or a key of the configuration. */
  readonly source: string;
  /** What it says. */
  readonly value: number;
}

/** One limit. */
export interface CapacityLimit {
  /** What is limited, with its unit last: `memoryBytes`, `openFiles`. */
  readonly name: string;
  /** The limit; null: none is known. */
  readonly value: number | null;
  /** What of it is used; null: not known. */
  readonly used: number | null;
  /** Where the limit is from. */
  readonly source: string | null;
  /** How far the value can be relied on. */
  readonly confidence: Confidence;
  /** All that was found; the smallest holds. */
  readonly candidates: readonly LimitCandidate[];
  /** Why there is none. */
  readonly because?: string;
}

/** How much of something jobs of an operation take; null: not known. */
export interface Need {
  /** Median. */
  readonly p50: number | null;
  /** 95th percentile. */
  readonly p95: number | null;
  /** The largest. */
  readonly max: number | null;
}

/** Something that comes again and again. */
export interface Season {
  /** After this time, ms. */
  readonly everyMs: number;
  /** Share of what moves that it explains, 0..1. */
  readonly strengthRatio: number;
}

/** How unevenly jobs arrive. */
export interface Bursts {
  /** Arrivals, in the mean. */
  readonly meanPerS: number;
  /** In the busiest ten seconds of a thousand. */
  readonly peakPerS: number;
  /** That, by the mean. */
  readonly peakRatio: number;
  /** Variance by mean within minutes: 1 where jobs don't know of each other, more in bursts. */
  readonly dispersion: number;
  /** Workers that a peak needs beyond the mean, where a job has one for itself. */
  readonly spareWorkers: number;
}

/** How fast something grows. */
export interface GrowthTrend {
  /** Days that were looked at. */
  readonly days: number;
  /** From one week to the next: .05 is 5 % more. */
  readonly perWeekRatio: number;
  /** Ends of the interval that holds it with 95 %. */
  readonly lowPerWeekRatio: number;
  /** Upper end of the interval. */
  readonly highPerWeekRatio: number;
}

/** The busiest hour that is to come. */
export interface Peak {
  /** Its begin, ISO 8601. */
  readonly at: string;
  /** Jobs that come in it. */
  readonly jobs: number;
}

/** What is known of an operation. What there is not enough data for is null, and `unknown` says so. */
export interface OperationProfile {
  /** Its name. */
  readonly operation: string;
  /** Jobs that ended, of the last 60 days. */
  readonly jobs: number;
  /** Run time of those. */
  readonly durationMs: Percentiles;
  /** CPU time of a job, ms: of the last days, what is a day old counting half. */
  readonly cpuMs: Need | null;
  /** Mean CPU time of a job, ms: of those that were measured. */
  readonly cpuMeanMs: number | null;
  /** Memory of a job, bytes, as `cpuMs`. */
  readonly memoryBytes: Need | null;
  /** Largest memory that was seen of one job. */
  readonly peakBytes: number | null;
  /** Mean of what a job reads and writes, bytes. */
  readonly ioMeanBytes: number | null;
  /** The shortest first; empty: nothing comes again. */
  readonly seasons: readonly Season[] | null;
  /** How unevenly its jobs come; null: not enough data. */
  readonly bursts: Bursts | null;
  /** Of the time that its jobs take in a day. */
  readonly growth: GrowthTrend | null;
  /** How it grows; null: not enough data. */
  readonly nextPeak: Peak | null;
  /** Why something is null, by its name. */
  readonly unknown: Readonly<Record<string, string>>;
}

/** When a resource will be used up. */
export interface Saturation {
  /** `cpuRatio`, `memoryRatio`, `workers`. */
  readonly resource: string;
  /** Its limit. */
  readonly limit: number;
  /** What is used of it by the end of the last day: what 95 % of the looks don't exceed. */
  readonly level: number | null;
  /** How it grows; null: not enough data. */
  readonly growth: GrowthTrend | null;
  /** Days until it is used up; null: not in sight, or not known. */
  readonly days: number | null;
  /** As early and as late as growth lets it be with 95 %; null: not in sight. */
  readonly earliestDays: number | null;
  /** The same for the latest day. */
  readonly latestDays: number | null;
  /** In words. */
  readonly because: string;
}

/** A setting that a pool will want. Nothing sets it but people. */
export interface Recommendation {
  /** Where it stands in the configuration. */
  readonly key: string;
  /** What holds now. */
  readonly configured: number;
  /** What would be enough for a month. */
  readonly value: number;
  /** In words, with the numbers it rests on. */
  readonly because: string;
}

/** Two operations of which one is slower while the other runs. */
export interface Contention {
  /** The operation that is slowed down. */
  readonly operation: string;
  /** While this one runs. */
  readonly beside: string;
  /** What somebody waits for more then. */
  readonly of: "cpu" | "memory" | "io";
  /** How many times as long its jobs take then. */
  readonly slowdownRatio: number;
  /** Slots of ten seconds with the other one, and without. */
  readonly slotsBeside: number;
  /** Of them, those in which it ran alone. */
  readonly slotsAlone: number;
}

/** The answer of `capacity`. */
export interface Capacity {
  /** When it was looked, ISO 8601. */
  readonly at: string;
  /** Every limit that was found. */
  readonly limits: readonly CapacityLimit[];
  /** The one that is used up first comes first. */
  readonly saturation: readonly Saturation[];
  /** What should be set to more; nothing is changed by itself. */
  readonly recommended: readonly Recommendation[];
  /** The busiest first, at most 32. */
  readonly operations: readonly OperationProfile[];
  /** The worst first. */
  readonly contention: readonly Contention[];
}
