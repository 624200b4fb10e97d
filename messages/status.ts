/**
 * The first row: what an operator asks before scrolling.
 *
 * @module
 */
import type { Envelope } from "./decision.ts";
import type { RegretStatus } from "./regret.ts";
import type { ThresholdStatus } from "./threshold.ts";
import type { TreeVitals, Vitals } from "./vitals.ts";

/** How long workers of one grant took to start. */
export interface Starts {
  /** Key of the grant. */
  readonly grant: string;
  /** What such workers run. */
  readonly kind: string;
  /** Tasks that run in them. */
  readonly tasks: readonly string[];
  /** From spawn to ready. */
  readonly startMs: Percentiles;
}

/** What failed, and what is done about it. */
export interface Restarts {
  /** Workers that ended without being asked to, since the start. */
  readonly workersLost: number;
  /** Seats whose worker died lately and that are taken again after a back-off. */
  readonly seatsWaiting: number;
  /** Seats whose workers died again and again before any use: left alone until then. */
  readonly quarantined: readonly { readonly seat: number; readonly until: string }[];
  /** Parts of the service itself that failed and were started again, since the start. */
  readonly actors: number;
}

/** What the operator says of a pool. */
export interface OperatorStatus {
  /**
   * `auto`: nothing, policies decide. `paused`: no job is begun and the size is held. `pausedIn`: the
   * size does not fall. `pausedOut`: it does not rise. `pinned`: it is `workers`. `drained`: no job is
   * begun, and workers leave when theirs have ended.
   */
  readonly state: "auto" | "paused" | "pausedIn" | "pausedOut" | "pinned" | "drained";
  /** The size that is kept, the least, or the most; null where there is none. */
  readonly workers: number | null;
  /** When it ends by itself, ISO 8601; null: when the operator says so. */
  readonly until: string | null;
}

/** What becomes of a size that was asked for. */
export interface Resizing {
  /** Workers that were asked for. */
  readonly desired: number;
  /** Workers that are ready now: those that are missing are started, those with jobs end them first. */
  readonly actual: number;
}

/** A pool after a patch. */
export interface PatchedPool extends PoolStatus {
  /** Where a size was asked for: how far the pool is from it. */
  readonly resized?: Resizing;
}

/** One pool in numbers. */
export interface PoolStatus {
  /** Name of the pool. */
  readonly name: string;
  /** Name of its policy. */
  readonly policy: string;
  /** Workers by state. */
  readonly workers: {
    readonly ready: number;
    readonly starting: number;
    readonly draining: number;
    readonly idle: number;
  };
  /** Jobs begun, and those whose ending is not on record yet. */
  readonly running: number;
  /** Jobs accepted, due and not begun. */
  readonly queued: number;
  /** What the pool may do now. */
  readonly envelope: Envelope;
  /**
   * Workers that it may have of the budget, and how many of them its work is worth now; absent where
   * there is no budget.
   */
  readonly budget?: { readonly cap: number; readonly earned: number };
  /** What it costs beside pools of one size; absent: no estimate was made yet. */
  readonly regret?: RegretStatus;
  /** Value of the scaling machine, by region. */
  readonly scaling: unknown;
  /** What the operator says. */
  readonly operator: OperatorStatus;
  /** What failed, and what is done about it. */
  readonly restarts: Restarts;
  /** Operations with thresholds, and workers that use more than they should. */
  readonly thresholds: readonly ThresholdStatus[];
  /** What starts took, by grant. */
  readonly starts: readonly Starts[];
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
  /** Samples taken. */
  readonly count: number;
  /** Median. */
  readonly p50: number | null;
  /** 90th percentile. */
  readonly p90: number | null;
  /** 95th percentile. */
  readonly p95: number | null;
  /** 99th percentile. */
  readonly p99: number | null;
  /** Largest sample. */
  readonly max: number | null;
}

/** A key in use. */
export interface KeyUse {
  /** `scope:name`. */
  readonly key: string;
  /** Its jobs in workers. */
  readonly running: number;
  /** Jobs that wait for it. */
  readonly waiting: number;
  /** By unit, what its jobs took within the last period; absent where that is nothing. */
  readonly used?: Readonly<Record<string, number>>;
}

/** What jobs with one key may take of a unit. */
export interface RateStatus {
  /** `requests`, `tokens`, … */
  readonly unit: string;
  /** So much in each period: `3500/min`. */
  readonly rate: string;
  /** Most at once. */
  readonly burst: number;
  /** What jobs that have ended took, of all keys together, since the start of the service. */
  readonly taken: number;
}

/** A limit on jobs with the same key. */
export interface LimitStatus {
  /** Keys it holds for: one, or what some begin with and a star. */
  readonly pattern: string;
  /** Jobs of each key that may run at once; null: any number. */
  readonly each: number | null;
  /** Keys that may be in use at once; null: any number. */
  readonly keys: number | null;
  /** Jobs that run. */
  readonly running: number;
  /** Keys with jobs that run. */
  readonly active: number;
  /** What jobs of each key may take; absent where they may take anything. */
  readonly rates?: readonly RateStatus[];
  /** The keys that most jobs wait for, at most 5. */
  readonly hottest: readonly KeyUse[];
}

/** A breaker of an operation or of a host that is not closed. */
export interface BreakerStatus {
  /** `operation:NAME` or `host:NAME`. */
  readonly name: string;
  /** Its jobs wait, or one is tried. */
  readonly state: "open" | "halfOpen";
  /** Jobs that it holds. */
  readonly held: number;
  /** When one is tried, ISO 8601; null while one is. */
  readonly until: string | null;
}

/** Results that are kept for jobs that ask for the same. */
export interface CacheStatus {
  /** Jobs that were given a result that was there, since the start. */
  readonly hits: number;
  /** Jobs that were run as there was none. */
  readonly misses: number;
  /** Share of the hits among both; null before the first. */
  readonly hitRatio: number | null;
  /** How long the jobs ran whose results the hits were given, together. */
  readonly savedMs: number;
  /** Results that are kept. */
  readonly entries: number;
  /** What they take. */
  readonly bytes: number;
  /** What they may take. */
  readonly bytesMax: number;
  /** Results that went as there was no room. */
  readonly evictions: number;
  /** Results that were too old when they were asked for. */
  readonly expired: number;
  /** Jobs that wait for the result of another one, or are being looked for. */
  readonly waiting: number;
}

/** The machine, by the latest look at it. Null is unknown, and `unknown` says why. */
export interface HostStatus extends Vitals {
  /** Cores that may be used: online, within the affinity and the quota of the control groups. */
  readonly cores: number;
  /** Busy share of all cores, or of the quota where that is more. */
  readonly cpuRatio: number | null;
  /** Used share of memory: the worse of host and control groups. */
  readonly memoryRatio: number | null;
  /** What can still be taken: the smaller of host and control groups. */
  readonly memoryAvailableBytes: number | null;
  /** How long ago CPU and memory were seen, ms. */
  readonly ageMs: number;
  /** This process, then its workers, each with all that it has started. */
  readonly trees: readonly TreeVitals[];
}

/** What is left undone while the service or its machine is short of something. */
export interface BrownoutStatus {
  /** 1: what nobody waits for. 2: jobs of class `low` are refused too. */
  readonly level: number;
  /** What was short when it was entered. */
  readonly because: string;
  /** When the level was entered, ISO 8601. */
  readonly since: string;
}

/** The state of a runtime. */
export interface Status {
  /** Version of Flyball. */
  readonly version: string;
  /** When the runtime started, ISO 8601. */
  readonly startedAt: string;
  /** Start number in this data directory, 1 at first. */
  readonly epoch: number;
  /** Where jobs are kept. */
  readonly store: string;
  /** Jobs accepted, due and not begun. */
  readonly pending: number;
  /** Jobs that wait for their instant. */
  readonly scheduled: number;
  /** How long the longest waiting job has waited. */
  readonly oldestWaitMs: number;
  /** Jobs begun, and those whose ending is not on record yet. */
  readonly running: number;
  /** Workers ready. */
  readonly size: number;
  /** Since the start, by ending. */
  readonly ended: Readonly<Record<string, number>>;
  /** Jobs that did not end `done` in the last minute. */
  readonly failedLastMinute: number;
  /** From acceptance to the start, of jobs that ended lately. */
  readonly waitMs: Percentiles;
  /** From the start to the end, of jobs that ended lately. */
  readonly runMs: Percentiles;
  /** The machine as it was seen last. */
  readonly host: HostStatus;
  /** Limits on jobs with the same key. */
  readonly limits: readonly LimitStatus[];
  /** Breakers that hold jobs, or try one: at most 32. */
  readonly breakers: readonly BreakerStatus[];
  /** Results that are kept. */
  readonly cache: CacheStatus;
  /** What is left undone for want of room; absent where nothing is. */
  readonly brownout?: BrownoutStatus;
  /** All pools. */
  readonly pools: readonly PoolStatus[];
  /** Names of the registered tasks. */
  readonly tasks: readonly string[];
  /** One sentence: keeps up, is limited by …, is down because …. */
  readonly verdict: string;
}

/** Why a job waits: the first gate that blocks it. */
export interface WhyJob {
  /** Id of the job. */
  readonly id: string;
  /** Where the job stands. */
  readonly state: string;
  /** Its pool, where there are several. */
  readonly pool?: string;
  /**
   * `ended`, `running`, `storage`, `scheduled`, `dependencies`, `retry`, `cache`, `breaker`, `threshold`, `key`, `rate`, `project`, `credit`, `operator`,
   * `running limit`, `commands limit`, `cpu`, `memory`, `share`, `budget`, `start`,
   * `workers` or `position`.
   */
  readonly gate: string;
  /** One sentence for people. */
  readonly because: string;
  /** Jobs that will be begun before it, where that is known. */
  readonly ahead: number | null;
  /** About when it begins, ms from now; null when unknown. */
  readonly etaMs: number | null;
}
