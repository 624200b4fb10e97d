/**
 * Numbers over time: what operations took and how they ended, and how the service was doing.
 *
 * @module
 */
import type { Ending, Priority } from "./job.ts";
import type { Category } from "./outcome.ts";
import type { Percentiles } from "./status.ts";

/** The lengths of slots in which numbers are kept. */
export type Step = "10s" | "1m" | "1h" | "1d";

/** What numbers can be told apart by. */
export type Breakdown = "operation" | "priority" | "projectId";

/** Which jobs numbers are about, and by what they are told apart. */
export interface SeriesFilter {
  /** One series for each. Default: one for all. */
  readonly by?: Breakdown;
  /** Only jobs of this operation. */
  readonly operation?: string;
  /** Only jobs of this class. */
  readonly priority?: Priority;
  /** Only jobs of this project. */
  readonly projectId?: string;
}

/** Which numbers are wanted, and of when. */
export interface SeriesQuery extends SeriesFilter {
  /** Names of series, 1..20. */
  readonly names: readonly string[];
  /** How far back, ms. Default 1 h. */
  readonly rangeMs?: number;
  /** Length of the slots. Default: the shortest that makes at most 360 of them. */
  readonly step?: Step;
}

/** What one slot held of something that is measured. */
export interface MeasuredPoint {
  /** Begin of the slot, ISO 8601. */
  readonly at: string;
  /** Measurements taken in it. */
  readonly count: number;
  /** The smallest of them. */
  readonly min: number;
  /** Their mean. */
  readonly avg: number;
  /** The largest of them. */
  readonly max: number;
  /** What 95 % of them don't exceed; within 1.6 %. */
  readonly p95: number;
}

/** What one slot held of something that is counted. */
export interface CountedPoint {
  /** Begin of the slot, ISO 8601. */
  readonly at: string;
  /** How many in it. */
  readonly sum: number;
}

/** One series. Slots in which nothing happened have no point. */
export interface TimeSeries {
  /** What is measured or counted, with its unit last. */
  readonly name: string;
  /** Which jobs it is about; empty: all. */
  readonly labels: Readonly<Partial<Record<Breakdown, string | null>>>;
  /** Oldest first. The latest slot is not over. */
  readonly points: readonly (MeasuredPoint | CountedPoint)[];
}

/** The answer to a {@link SeriesQuery}. */
export interface SeriesPage {
  /** Begin of the oldest slot, ISO 8601. */
  readonly from: string;
  /** When it was asked, ISO 8601. */
  readonly to: string;
  /** Length of the slots. */
  readonly step: Step;
  /** By name, then by label. */
  readonly series: readonly TimeSeries[];
}

/** How far back operations are summed up. */
export type Span = "1m" | "5m" | "1h";

/** Which operations are summed up. */
export interface OperationsQuery extends Omit<SeriesFilter, "by"> {
  /** One item for each, or one for `all`. Default `operation`. */
  readonly by?: Breakdown | "all";
  /** How far back. Default `5m`. */
  readonly window?: Span;
}

/** What jobs of one kind did in a window. */
export interface OperationMetrics {
  /** Which jobs; empty: all. */
  readonly labels: Readonly<Partial<Record<Breakdown, string | null>>>;
  /** Jobs that were accepted. */
  readonly enqueued: number;
  /** Attempts that were begun. */
  readonly started: number;
  /** Jobs that ended `done`. */
  readonly done: number;
  /** Jobs that ended in another way. */
  readonly failed: number;
  /** Those that ended `done` among all that ended; null where none has. */
  readonly successRatio: number | null;
  /** How many ended in each way. */
  readonly endings: Readonly<Partial<Record<Ending, number>>>;
  /** How many did not end `done`, by cause. */
  readonly categories: Readonly<Partial<Record<Category, number>>>;
  /** Attempts after the first, of the jobs that ended. */
  readonly retries: number;
  /** Jobs that ended after so many attempts; `10` stands for more, too. */
  readonly attempts: Readonly<Record<string, number>>;
  /** Those that were done at the first attempt among all that were begun and ended. */
  readonly firstTryRatio: number | null;
  /** From the last start to the end. */
  readonly durationMs: Percentiles;
  /** From when it could begin to the start, of each attempt. */
  readonly waitMs: Percentiles;
  /** What it took to check the inputs of submitted jobs. */
  readonly validationMs: Percentiles;
  /** CPU time of those that were measured; null where none was. */
  readonly cpuSeconds: number | null;
  /** Largest memory that was seen of one; null where none was. */
  readonly peakBytes: number | null;
  /** Bytes read and written by those that were measured; null where none was. */
  readonly ioBytes: number | null;
  /** JSON of what was handed to jobs. */
  readonly inBytes: number;
  /** JSON of what tasks returned, and what commands wrote. */
  readonly outBytes: number;
}

/** Jobs that were accepted, begun, done and otherwise ended. */
export interface Throughput {
  /** Accepted. */
  readonly enqueued: number;
  /** Attempts begun. */
  readonly started: number;
  /** Ended `done`. */
  readonly done: number;
  /** Ended in another way. */
  readonly failed: number;
}

/** Operations, summed up over a window. */
export interface OperationsPage {
  /** How far back. */
  readonly window: Span;
  /** Begin of the window, ISO 8601: whole slots of 10 s, or of 1 min for `1h`. */
  readonly from: string;
  /** When it was asked, ISO 8601. */
  readonly to: string;
  /** In the last whole second. */
  readonly lastSecond: Throughput;
  /** From the start of workers until they were ready, in the window. */
  readonly bootMs: Percentiles;
  /** The busiest first, at most 512. */
  readonly items: readonly OperationMetrics[];
}
