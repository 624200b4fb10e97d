/**
 * What a job weighs: memory and cores that are reserved for it, and what that was learned from.
 *
 * @module
 */
import type { Footprint } from "../policies/estimators/footprint.ts";

/** One operation and how much of it runs. */
export interface Entry {
  readonly name: string;
  footprint: Footprint;
  running: number;
  /** Monotonic. */
  usedMs: number;
}

/** The weight of one job. */
export interface Weight {
  readonly entry: Entry;
  /** Reserved now; 0 when nothing is. */
  bytes: number;
  marginMib: number;
  /** Thousandths of a core. */
  milliCores: number;
  held: boolean;
  /** What its latest attempt had reserved when it began, with its margin. */
  reservedBytes: number;
  /** Needs this at least: it has run out of less. */
  leastBytes: number;
  /** Attempts that ran out of memory. */
  ooms: number;
}
