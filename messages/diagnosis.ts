/**
 * What stands in the way of jobs: what is looked at, and what is found.
 *
 * @module
 */
import type { Contention } from "./capacity.ts";
import type { CauseName, Plateau } from "./plateau.ts";
import type { OperatorStatus } from "./status.ts";

export type { CauseName } from "./plateau.ts";

/** Jobs of one class that wait for one thing. */
export interface Wait {
  /** What they wait for, as `why JOB` calls it. */
  readonly gate: string;
  /** Their class. */
  readonly priority: "high" | "normal" | "low";
  /** How many; where not all were asked, as many as those that were stand for. */
  readonly jobs: number;
}

/** A limit on jobs with the same key, and who waits for it. */
export interface LimitSight {
  /** Keys it holds for. */
  readonly pattern: string;
  /** Jobs of each key that may run at once; null: any number. */
  readonly each: number | null;
  /** Keys that may be in use at once; null: any number. */
  readonly keys: number | null;
  /** By unit, what jobs of each key may take: `3500/min`. */
  readonly rates: Readonly<Record<string, string>>;
  /** Jobs that run. */
  readonly running: number;
  /** Jobs that wait for its most wanted keys. */
  readonly waiting: number;
}

/** What jobs of an operation did lately. */
export interface OperationSight {
  /** Its name. */
  readonly name: string;
  /** Jobs that ended in the last 5 minutes. */
  readonly ended: number;
  /** Of them, those that did not end `done`. */
  readonly failed: number;
  /** Of them, those that ran out of time. */
  readonly timedOut: number;
  /** Of them, those that ran out of memory. */
  readonly outOfMemory: number;
  /** Median run time in the last 5 minutes, ms; null: none has ended. */
  readonly durationMs: number | null;
  /** What that usually is, ms; null: not known. */
  readonly usualMs: number | null;
  /** Since when it takes longer, ISO 8601; absent: it does not, or no moment stands out. */
  readonly slowSince?: string;
  /** Share of their run time in which they used a core; null: not measured. */
  readonly cpuRatio: number | null;
  /** Bytes that they read and wrote; null: not measured. */
  readonly ioBytes: number | null;
}

/** How long the API takes to answer: the last minute. */
export interface ApiSight {
  /** Answers that were given. Those that were meant to wait, as for the end of a job, don't count. */
  readonly requests: number;
  /** 95 of 100 of them took at most this long. */
  readonly p95Ms: number;
  /** The route that took most of the time of all together. */
  readonly slowest: {
    readonly route: string;
    readonly requests: number;
    readonly meanMs: number;
  };
}

/** Everything that is looked at. Null is unknown; ratios are 0..1. */
export interface Sight {
  /** The machine, and the control groups we are in. */
  readonly host: {
    readonly cores: number;
    /** Busy share of the host's cores. */
    readonly busyRatio: number | null;
    /** Cores that this service and its workers use. */
    readonly ownCores: number | null;
    readonly ioWaitRatio: number | null;
    readonly stealRatio: number | null;
    /** Cores that the quota of the control groups amounts to; null: none is set. */
    readonly quotaCores: number | null;
    readonly quotaUsedRatio: number | null;
    readonly memoryRatio: number | null;
    readonly memoryAvailableBytes: number | null;
    /** Read back from swap and written there. */
    readonly swapBytesPerS: number | null;
    /** Of the busiest disk. */
    readonly diskBusyRatio: number | null;
    readonly diskBytesPerS: number | null;
    /** Share of the last 10 s in which somebody waited. */
    readonly cpuPressureRatio: number | null;
    readonly memoryPressureRatio: number | null;
    readonly ioPressureRatio: number | null;
    /** Of this process. */
    readonly filesOpen: number | null;
    readonly filesMax: number | null;
    readonly processes: number | null;
    readonly processesMax: number | null;
  };
  /** Workers and what they may do. */
  readonly pool: {
    readonly ready: number;
    readonly starting: number;
    readonly idle: number;
    readonly running: number;
    readonly cap: number;
    /** The largest size that the configuration allows; null: not known. */
    readonly max: number | null;
    /** Jobs, and commands, that may run at once; null: any number. */
    readonly runningMax: number | null;
    readonly commandsMax: number | null;
    /** Why that is what it may do now. */
    readonly because: string;
    readonly operator: OperatorStatus["state"];
    /** Workers can't be started. */
    readonly isShut: boolean;
    /** Seats whose workers died again and again. */
    readonly quarantined: number;
    readonly startP95Ms: number | null;
  };
  /** Where threads spend their time. */
  readonly threads: {
    /** Share of time in which jobs held the threads of busy workers. */
    readonly heldRatio: number | null;
    /** Of the time in which these wanted a core, the share in which they got none. */
    readonly starvedRatio: number | null;
    /** Share of its time for which the thread of the service wants a core, had it never to wait. */
    readonly ownRatio: number | null;
  };
  /** Memory that is reserved for commands. */
  readonly memory: {
    /** What all commands may have together; null: nobody knows how much there is. */
    readonly budgetBytes: number | null;
    readonly reservedBytes: number;
    /** The budget was given, and is not what is free. */
    readonly isGiven: boolean;
  };
  /** Wait of the job that waits longest, ms; 0: none waits. */
  readonly oldestWaitMs: number;
  /** What jobs wait for, and how many. */
  readonly waits: readonly Wait[];
  /** Limits of keys, and who stands behind them. */
  readonly limits: readonly LimitSight[];
  /** What each operation did lately. */
  readonly operations: readonly OperationSight[];
  /** Operations that slowed each other down in the last hours, the worst first. */
  readonly contention: readonly Contention[];
  /** Where growth of the pool stopped to gain anything; null: it does, or was not tried. */
  readonly plateau: Plateau | null;
  /** Breakers that hold jobs. */
  readonly breakers: readonly { readonly name: string; readonly held: number }[];
  /** How long the API takes to answer; absent: nobody has asked for anything. */
  readonly api?: ApiSight;
  /** Jobs that end `done` in a second, of the last minutes. */
  readonly donePerS: number;
}

/** A number that speaks for a cause. */
export interface Evidence {
  /** What was measured, with its unit last. */
  readonly measure: string;
  /** How much it is. */
  readonly value: number;
  /** The same in words. */
  readonly says: string;
}

/** What jobs would have had to wait, and what it would have taken, by a simulation. */
export interface Simulated {
  /** Wait for a start that 95 of 100 did not exceed, ms. */
  readonly waitP95Ms: number;
  /** Life time of all workers, s. */
  readonly workerSeconds: number;
}

/** What a fix would have changed for the jobs that have come. */
export interface FixEffect {
  /** How many they were. */
  readonly jobs: number;
  /** How far back they go, s. */
  readonly spanS: number;
  /** With things as they are. */
  readonly before: Simulated;
  /** With the fix. */
  readonly after: Simulated;
  /** Jobs that it would have refused, which are not among those after it; absent: it refuses none. */
  readonly refused?: number;
}

/** What can be done. */
export interface Fix {
  /** Key of the configuration, as `--set` takes it; null: it is not in our configuration. */
  readonly key: string | null;
  /** What to set it to; null: what suits you. */
  readonly value: number | string | null;
  /** What to do, and what comes of it. */
  readonly because: string;
  /** What would have come of it; absent: nobody has asked, or no simulation can tell. */
  readonly effect?: FixEffect;
  /** Why no simulation can tell what would have come of it; absent: nobody has asked, or one can. */
  readonly unsimulated?: string;
}

/** Something that stands in the way. */
export interface Cause {
  /** What it is. */
  readonly name: CauseName;
  /** How much it explains, 0..1: causes are sorted by it. */
  readonly score: number;
  /** One sentence for people. */
  readonly because: string;
  /** What speaks for it, the strongest first. */
  readonly evidence: readonly Evidence[];
  /** What helps. */
  readonly fix: Fix;
}

/** The answer of `diagnose`. */
export interface Diagnosis {
  /** When it was looked, ISO 8601. */
  readonly at: string;
  /** One sentence: what stands in the way most, or that nothing does. */
  readonly verdict: string;
  /** What stands in the way, the most likely first; empty: nothing. */
  readonly causes: readonly Cause[];
  /** What it was found in. */
  readonly sight: Sight;
  /** Why numbers are null, by their place in the host's part of the status. */
  readonly unknown: Readonly<Record<string, string>>;
}
