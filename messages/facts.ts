/**
 * Facts: what happened, in the past tense. One stream of them feeds the journal, metrics, alerts,
 * live feed, logs and inspector.
 *
 * @module
 */
import type { AlertLevel } from "./alert.ts";
import type { Decision, Verdict } from "./decision.ts";
import type { Ending } from "./job.ts";
import type { LogStream } from "./log.ts";
import type { Category } from "./outcome.ts";
import type { OperatorStatus } from "./status.ts";

/** Control facts: few, persisted. */
export type ControlFact =
  | { readonly type: "opened"; readonly epoch: number; readonly version: string }
  | { readonly type: "decided"; readonly decision: Decision }
  | {
    /** What came of a decision that was adopted. */
    readonly type: "judged";
    readonly pool: string;
    readonly decision: number;
    readonly verdict: Verdict;
  }
  | {
    readonly type: "resized";
    readonly pool: string;
    readonly from: number;
    readonly actual: number;
    /** Id of the decision whose envelope allowed it. */
    readonly decision: number;
    readonly trigger: string;
  }
  | {
    readonly type: "worker";
    readonly pool: string;
    /** Place in the pool and its occupant. */
    readonly seat: number;
    readonly generation: number;
    readonly pid: number | null;
    readonly state: "spawning" | "ready" | "draining" | "gone";
    readonly because: string;
  }
  /** The operator's word on a pool has changed, or its time is over. */
  | ({ readonly type: "operated"; readonly pool: string } & OperatorStatus)
  | {
    readonly type: "machine";
    readonly actor: string;
    readonly event: string;
    readonly value: unknown;
  }
  | {
    readonly type: "alert";
    readonly level: "info" | "warning" | "critical";
    readonly code: string;
    readonly message: string;
  }
  | {
    /** An incident begins, or gets worse; it is one incident, and is cleared once. */
    readonly type: "alertRaised" | "alertEscalated";
    readonly incident: string;
    readonly rule: string;
    readonly subject: string | null;
    readonly level: AlertLevel;
    /** What was measured, in the rule's own unit; null where nothing is. */
    readonly value: number | null;
    readonly message: string;
  }
  | {
    /** It is over. */
    readonly type: "alertCleared";
    readonly incident: string;
    readonly rule: string;
    readonly subject: string | null;
    /** The worst it has been. */
    readonly level: AlertLevel;
    readonly lastedMs: number;
    readonly message: string;
  }
  | {
    /** An access was denied to a task. */
    readonly type: "violation";
    readonly pool: string;
    /** Null when it can't be told which of the worker's tasks it was. */
    readonly task: string | null;
    /** As `seat.generation`. */
    readonly worker: string;
    /** `read`, `write`, `net`, `env`, `sys`, `run`, `ffi`, `import`, or what a sandbox closes. */
    readonly permission: string;
    /** The path, host or name; empty when it was all of them. */
    readonly asked: string;
    /** How often since it was told last. */
    readonly times: number;
  }
  | {
    readonly type: "config";
    /** Counts configurations since the start. */
    readonly version: number;
    /** `log.level "info" -> "debug"`, with semicolons between several. */
    readonly change: string;
    /** Who has set it. */
    readonly by: string;
  }
  | {
    /** Somebody has changed something over HTTP, by a request that was answered well. */
    readonly type: "asked";
    /** `token NAME`, `control socket`, or `HTTP` where no token is asked for. */
    readonly by: string;
    /** `PATCH /api/v1/pools/default`. */
    readonly request: string;
  };

/** Facts about jobs travel as columns, one batch a frame or tick; they are not persisted. */
export type JobsFact = {
  readonly type: "jobs";
  /** What happened to all of them. */
  readonly move: "accepted" | "began" | "requeued" | "ended";
  readonly ids: readonly string[];
  /** What the statistics of each are kept under. */
  readonly operations: readonly string[];
  /** One ending a job; only when they ended, as are the next three. */
  readonly endings?: readonly Ending[];
  /** Times that each was begun. */
  readonly attempts?: readonly number[];
  /** From when each could begin to its last start, or its end without one, ms. */
  readonly waitMs?: readonly number[];
  /** From the last start of each to its end, ms. */
  readonly durationMs?: readonly number[];
  /** Why each did not end `done`, null for those that did; absent when all did. */
  readonly reasons?: readonly (Reason | null)[];
  /** What their callers call them, null for those without a label; absent when none has any. */
  readonly labels?: readonly (Labels | null)[];
};

/** What callers call a job; what was not said is absent. */
export interface Labels {
  /** What ties it to others: as the caller says, else the id of the caller's trace. */
  readonly correlationId?: string;
  /** The project that its caller named. */
  readonly projectId?: string;
  /** The execution that its caller named. */
  readonly executionId?: string;
  /** The task that its caller named. */
  readonly taskId?: string;
}

/** Why a job did not end `done`. */
export interface Reason {
  /** As in its outcome. */
  readonly category: Category | null;
  /** As in its outcome. */
  readonly code: string | null;
  /** At most 500 characters. */
  readonly message: string | null;
}

/** What a running job said; live only. */
export type ToldFact = {
  readonly type: "told";
  readonly id: string;
  /** What its statistics are kept under. */
  readonly operation: string;
  readonly kind: LogStream | "progress";
  readonly value: unknown;
  /** What its caller calls it; absent when it has no label. */
  readonly labels?: Labels;
};

/** Some facts were not kept for a slow or late reader. */
export type GapFact = { readonly type: "gap"; readonly from: number; readonly to: number };

/** Anything that happened. */
export type Fact = ControlFact | JobsFact | ToldFact;

/** A fact with its place and time in the stream. */
export interface Stamped<F = Fact> {
  /** Grows for ever in a data directory, over restarts too. */
  readonly seq: number;
  /** Wall instant, epoch ms. */
  readonly at: number;
  /** What happened. */
  readonly fact: F;
}

/** What is read of the stream. */
export interface FactsOptions {
  /**
   * Facts after this one, as far as they are still kept; those that are not are told of by a gap. A
   * number that was not reached yet is of another stream: then all that are kept. Default: those from
   * now on.
   */
  readonly from?: number;
  /**
   * Whether those about jobs that moved are wanted; they are most. `failed`: only batches in which one
   * did not end `done`. Default true.
   */
  readonly jobs?: boolean | "failed";
  /** Only facts of these types. Default: any. */
  readonly types?: readonly Fact["type"][];
  /** Only what happened to the job with this id and what it said. Default: any. */
  readonly job?: string;
  /** Ends the reading. */
  readonly signal?: AbortSignal;
}
