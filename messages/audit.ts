/**
 * How operations do now, beside how they did in a period before: what became worse, what became
 * better, and how sure that is.
 *
 * @module
 */
import type { BusinessWindow } from "./business.ts";

/** Which periods are compared, and whose jobs. */
export interface AuditQuery {
  /** Length of both periods. Default `1h`. */
  readonly window?: BusinessWindow;
  /** How much earlier the one before was, at least `window`. Default: just before. */
  readonly against?: BusinessWindow;
  /** Only jobs of this operation. */
  readonly operation?: string;
  /** Only jobs of this project. */
  readonly projectId?: string;
}

/** What is compared. */
export type AuditMeasure =
  | "durationP50Ms"
  | "durationP95Ms"
  | "waitP95Ms"
  | "errorRatio"
  | "cpuSecondsPerJob"
  | "costPerJob";

/** What became of it; `unproven`: it differs, but not more than by chance, or too little is known. */
export type AuditVerdict = "better" | "worse" | "same" | "unproven";

/** One measure of one operation. */
export interface AuditTrend {
  /** What is compared; less of it is better. */
  readonly measure: AuditMeasure;
  /** In the period before; null: not known. */
  readonly before: number | null;
  /** In the latest period. */
  readonly now: number | null;
  /** How many times as much it is now; null where that can't be told. */
  readonly timesAsMuch: number | null;
  /** What became of it. */
  readonly verdict: AuditVerdict;
  /** The same in words. */
  readonly says: string;
}

/** A level that the run time of an operation has been on since some slot. */
export interface AuditChange {
  /** Begin of the first slot on it, ISO 8601. */
  readonly at: string;
  /** Usual run time before, ms. */
  readonly fromMs: number;
  /** Usual run time since, ms. */
  readonly toMs: number;
}

/** An operation that is slower than it was when it was learned, and stays so. */
export interface AuditSlower {
  /** How many times as long its jobs take. */
  readonly timesAsLong: number;
  /** Since when, ISO 8601. */
  readonly since: string;
}

/** One operation. */
export interface AuditedOperation {
  /** Its name. */
  readonly operation: string;
  /** Jobs that ended in the latest period. */
  readonly jobs: number;
  /** Jobs that ended in the period before. */
  readonly jobsBefore: number;
  /** All that is compared. */
  readonly trends: readonly AuditTrend[];
  /** When its run time took another level, the last time in both periods; null where it did not. */
  readonly changed: AuditChange | null;
  /** Null where it is as fast as ever, or that is not known yet. */
  readonly slower: AuditSlower | null;
}

/** What became worse or better, in one line. */
export interface AuditFinding {
  /** Whose. */
  readonly operation: string;
  /** What; `slower` is what is told by ticks of a minute and not by the two periods. */
  readonly measure: AuditMeasure | "slower";
  /** How many times as much it is. */
  readonly timesAsMuch: number | null;
  /** In words. */
  readonly says: string;
}

/** The answer to an {@link AuditQuery}. */
export interface Audit {
  /** Length of both periods. */
  readonly window: BusinessWindow;
  /** The latest period, ISO 8601. */
  readonly now: { readonly from: string; readonly to: string };
  /** The one that it is compared with. */
  readonly before: { readonly from: string; readonly to: string };
  /** In one sentence. */
  readonly verdict: string;
  /** What became worse, the worst first. */
  readonly regressions: readonly AuditFinding[];
  /** What became better, the best first. */
  readonly improvements: readonly AuditFinding[];
  /** All operations, the busiest first. */
  readonly operations: readonly AuditedOperation[];
}
