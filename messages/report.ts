/**
 * How the service did, on one page: what went well, what did not, the numbers, and what to do.
 *
 * @module
 */
import type { BusinessWindow } from "./business.ts";

/** What a report is about. */
export interface ReportQuery {
  /** How far back. Default `1d`. */
  readonly window?: BusinessWindow;
  /** Only jobs of this project. Then nothing is said of the machine and of workers. */
  readonly projectId?: string;
}

/** One number of a report. */
export interface ReportNumber {
  /** What it is, with its unit last. */
  readonly name: string;
  /** Null where it is not known. */
  readonly value: number | null;
  /** In words. */
  readonly says: string;
}

/** The answer to a {@link ReportQuery}. */
export interface Report {
  /** How far back. */
  readonly window: BusinessWindow;
  /** Begin of the window, ISO 8601. */
  readonly from: string;
  /** When it was asked, ISO 8601. */
  readonly to: string;
  /** Whose jobs; null: all. */
  readonly projectId: string | null;
  /** `idle`: no job ended. `fair`: something could be better. `bad`: somebody has to do something. */
  readonly state: "idle" | "good" | "fair" | "bad";
  /** In one sentence. */
  readonly verdict: string;
  /** What went well. */
  readonly well: readonly string[];
  /** What did not, the worst first. */
  readonly badly: readonly string[];
  /** What it is based on. */
  readonly numbers: readonly ReportNumber[];
  /** What helps. */
  readonly advice: readonly string[];
}
