/**
 * What jobs were worth: how many were completed, how well, at what cost, and whether objectives were
 * met.
 *
 * @module
 */
import type { Breakdown } from "./series.ts";
import type { StepTimes } from "./workflow.ts";

/** How far back business metrics are summed up. */
export type BusinessWindow = "5m" | "1h" | "1d" | "7d" | "30d";

/** What is summed up. */
export interface BusinessQuery {
  /** One item for each, or one for `all`. Default `operation`. */
  readonly by?: Breakdown | "all";
  /** How far back. Default `1h`. */
  readonly window?: BusinessWindow;
}

/** Where a share went over the parts of the window; null where too little is known. */
export type Way = "rising" | "falling" | "steady" | null;

/** What jobs of one kind were worth. */
export interface BusinessMetrics {
  /** Which jobs; empty: all. */
  readonly labels: Readonly<Partial<Record<Breakdown, string | null>>>;
  /** Jobs that ended. */
  readonly ended: number;
  /** Of them, those that ended `done`. */
  readonly done: number;
  /** Done among all that ended; null where none has. */
  readonly completionRatio: number | null;
  /** Done without anybody's help among all that ended: not redriven, limited or moved by hand. */
  readonly autonomousRatio: number | null;
  /** Jobs of which an attempt has failed. */
  readonly errors: number;
  /** Of them, those that another attempt has done. */
  readonly resolved: number;
  /** The second among the first. */
  readonly resolvedRatio: number | null;
  /** Not done among all but those that were cancelled or whose dependencies failed. */
  readonly errorRatio: number | null;
  /** Where that went. */
  readonly errorWay: Way;
  /** More than one attempt among all that were begun. */
  readonly retryRatio: number | null;
  /** Where that went. */
  readonly retryWay: Way;
  /** Their part of the time of the workers they were in. */
  readonly workerSeconds: number;
  /** CPU time, of those that were measured. */
  readonly cpuSeconds: number;
  /** Most memory times the time, of those that were measured; 1 GB is 10^9 bytes. */
  readonly gbSeconds: number;
  /** Bytes read and written, of those that were measured. */
  readonly ioBytes: number;
  /** Memory used among that reserved for them; null where none was. */
  readonly memoryUsedRatio: number | null;
  /** Cores used among those they said they need; null where none did. */
  readonly cpuUsedRatio: number | null;
  /** Null where nothing has a price. */
  readonly cost: number | null;
  /** Their part of the cost of idle workers. */
  readonly idleCost: number | null;
}

/** How workers were used. */
export interface Utilisation {
  /** Time that workers lived, together. */
  readonly workerSeconds: number;
  /** Of that, while they had jobs. */
  readonly busySeconds: number;
  /** The second among the first; null where there were none. */
  readonly busyRatio: number | null;
}

/** What everything cost. */
export interface Costs {
  /** Name of the currency. */
  readonly currency: string;
  /** Of all jobs and of idle workers. */
  readonly total: number;
  /** Of all jobs. */
  readonly jobs: number;
  /** Of workers while no job was in them. */
  readonly idle: number;
}

/** How an objective is met. */
export interface ObjectiveView {
  /** Its name in the configuration. */
  readonly name: string;
  /** Whose jobs. */
  readonly operation: string;
  /** Only those of a project; null: of all. */
  readonly projectId: string | null;
  /** Longest time of a good job, ms; null: any. */
  readonly latencyMs: number | null;
  /** Longest last attempt of a good job, ms; null: any. */
  readonly durationMs: number | null;
  /** Share that must be good. */
  readonly goodRatio: number;
  /** Jobs in the window that were good. */
  readonly good: number;
  /** Jobs in the window that it is about. */
  readonly total: number;
  /** The first among the second; null where there were none. */
  readonly complianceRatio: number | null;
  /** Whether that is enough. */
  readonly met: boolean | null;
  /** How many times as fast as it may its error budget was used up in the last 5 m and 1 h. */
  readonly burnRates: { readonly "5m": number | null; readonly "1h": number | null };
}

/** What became of the time of jobs since the first ones of their operation. */
export interface GainView {
  /** Which operation; null: all, weighed by their jobs. */
  readonly operation: string | null;
  /** Share of the time that jobs take no more; negative: they take longer. */
  readonly gainRatio: number;
  /** Ends of the interval that holds it with 95 %. */
  readonly lowRatio: number;
  /** As `lowRatio`. */
  readonly highRatio: number;
  /** `unproven` where the interval holds 0. */
  readonly verdict: "faster" | "slower" | "unproven";
}

/** Workflows that ended in the window, of the latest 20. */
export interface WorkflowTimes {
  /** How many. */
  readonly ended: number;
  /** Of them, those that are done. */
  readonly done: number;
  /** Mean length of their critical paths, ms; null where none ended. */
  readonly criticalPathMs: number | null;
  /** The one with the longest critical path. */
  readonly longest: {
    /** Which workflow. */
    readonly executionId: string;
    /** Length of its critical path, ms. */
    readonly criticalPathMs: number;
    /** Ids of jobs, the first one first. */
    readonly steps: readonly string[];
    /** What its time went into. */
    readonly times: StepTimes;
  } | null;
}

/** What jobs were worth in a window. */
export interface BusinessPage {
  /** How far back. */
  readonly window: BusinessWindow;
  /** Begin of the window, ISO 8601: whole slots of 10 s, 1 m, 1 h or 1 d. */
  readonly from: string;
  /** When it was asked, ISO 8601. */
  readonly to: string;
  /** All jobs. */
  readonly all: BusinessMetrics;
  /** By label, the most ended first, at most 512. */
  readonly items: readonly BusinessMetrics[];
  /** How workers were used. */
  readonly utilisation: Utilisation;
  /** Null where nothing has a price. */
  readonly costs: Costs | null;
  /** By name. */
  readonly objectives: readonly ObjectiveView[];
  /** All operations together first, then each with a baseline and enough jobs since. */
  readonly gains: readonly GainView[];
  /** Critical paths. */
  readonly workflows: WorkflowTimes;
}
