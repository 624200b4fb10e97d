/**
 * The first row: what an operator asks before scrolling.
 *
 * @module
 */
import type { Envelope } from "./decision.ts";

/** One pool in numbers. */
export interface PoolStatus {
  readonly name: string;
  readonly policy: string;
  readonly workers: {
    readonly ready: number;
    readonly starting: number;
    readonly draining: number;
    readonly idle: number;
  };
  /** Jobs begun and not finished. */
  readonly running: number;
  /** Jobs accepted, due and not begun. */
  readonly queued: number;
  readonly envelope: Envelope;
  /** Value of the scaling machine, by region. */
  readonly scaling: unknown;
  /** Latest reason for a change of size, with its decision. */
  readonly lastResize: {
    readonly at: string;
    readonly from: number;
    readonly to: number;
    readonly because: string;
    readonly decision: number;
  } | null;
}

/** Times in ms of a distribution; null when there are no samples. */
export interface Percentiles {
  readonly count: number;
  readonly p50: number | null;
  readonly p90: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
  readonly max: number | null;
}

/** The state of a runtime. */
export interface Status {
  readonly version: string;
  readonly startedAt: string;
  readonly epoch: number;
  readonly store: "memory" | "sqlite";
  readonly pending: number;
  readonly oldestWaitMs: number;
  readonly running: number;
  /** Workers ready. */
  readonly size: number;
  /** Since the start, by ending. */
  readonly ended: Readonly<Record<string, number>>;
  /** Jobs that did not end `done` in the last minute. */
  readonly failedLastMinute: number;
  readonly waitMs: Percentiles;
  readonly runMs: Percentiles;
  readonly host: {
    readonly cores: number;
    readonly cpuRatio: number | null;
    readonly memoryRatio: number | null;
    readonly memoryAvailableBytes: number | null;
  };
  readonly pools: readonly PoolStatus[];
  readonly tasks: readonly string[];
  /** One sentence: keeps up, is limited by …, is down because …. */
  readonly verdict: string;
}

/** Why a job waits: the first gate that blocks it. */
export interface WhyJob {
  readonly id: string;
  readonly state: string;
  /** `running`, `ended`, `position`, `workers`, `operator`, `start`, `credit`. */
  readonly gate: string;
  readonly because: string;
  /** Jobs that will be begun before it, where that is known. */
  readonly ahead: number | null;
  readonly etaMs: number | null;
}
