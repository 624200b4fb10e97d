/**
 * What a store is: a log of all that has to outlive the process, and what can be asked of it.
 *
 * @module
 */
import type { ControlFact, Stamped } from "../messages/facts.ts";
import type { Ending, JobSpec } from "../messages/job.ts";
import type { LogPiece } from "../messages/log.ts";
import type { Outcome } from "../messages/outcome.ts";
import type { ScheduleSpec } from "../messages/schedule.ts";
import type { SlotsQuery, StoredSlot } from "./stored_slot.ts";
import type { StoredTries } from "./stored_tries.ts";
import type { TrailFile } from "./trail_file.ts";

/** A job as it was accepted. */
export interface StoredJob {
  /** Its number, from 1 on. */
  readonly id: number;
  /** Epoch ms. */
  readonly acceptedAt: number;
  /** What was asked for. */
  readonly spec: JobSpec;
}

/** A job's one ending. */
export interface StoredOutcome {
  /** Number of the job. */
  readonly id: number;
  /** Epoch ms. */
  readonly endedAt: number;
  /** How. */
  readonly outcome: Outcome;
  /** What it said, where the outcome does not say it. */
  readonly log?: readonly LogPiece[];
}

/** A schedule and how far it has come. */
export interface StoredSchedule {
  /** What it is called. */
  readonly name: string;
  /** When there is a job of it, and which. */
  readonly spec: ScheduleSpec;
  /** Who made it: the configuration, or a call. */
  readonly source: "configuration" | "call";
  /** Whether its instants pass without a job. */
  readonly paused: boolean;
  /** Epoch ms: instants up to this one are over, whether or not a job was made of them. */
  readonly seenAt: number;
  /** The job of its latest instant that has one, and that instant. */
  readonly last: { readonly id: string; readonly at: number } | null;
}

/** A workflow in the store: its jobs, counted. */
export interface WorkflowRow {
  /** What its jobs name. */
  readonly executionId: string;
  /** All of them. */
  readonly jobs: number;
  /** Of them, without an ending. */
  readonly open: number;
  /** Of them, ended `done` or skipped. */
  readonly done: number;
  /** Number of its first job. */
  readonly firstId: number;
  /** Number of its last one. */
  readonly lastId: number;
}

/** One change of the durable state. */
export type Change =
  | { readonly type: "accepted"; readonly job: StoredJob }
  /** A job that had ended, and is open again: its ending is gone, the first one from now on stands. */
  | { readonly type: "redriven"; readonly job: StoredJob }
  /** The spec of an open job is another one; its id, its acceptance and its key are the same. */
  | { readonly type: "amended"; readonly job: StoredJob }
  /** An open job is to be tried again, as it has failed or its worker has died, or is to end. */
  | { readonly type: "tried"; readonly id: number; readonly tries: StoredTries }
  | { readonly type: "ended"; readonly ended: StoredOutcome }
  | { readonly type: "fact"; readonly stamped: Stamped<ControlFact> }
  /** Null: it is no more. */
  | {
    readonly type: "schedule";
    readonly name: string;
    readonly schedule: StoredSchedule | null;
  }
  /** In place of what has its name. */
  | { readonly type: "slot"; readonly slot: StoredSlot }
  | { readonly type: "snapshot"; readonly actor: string; readonly snapshot: unknown };

/** An idempotency key. */
export interface RecoveredKey {
  /** As the job had it. */
  readonly key: string;
  /** Number of the job that it stands for. */
  readonly id: number;
  /** Of what was asked for: another body under this key is a conflict. */
  readonly bodyHash: string;
  /** The last instant at which it is good, epoch ms. */
  readonly untilAt: number;
}

/** What `recover` gives back, page by page, in order of acceptance. */
export type RecoveryPage =
  /** Of those of the following jobs that were tried; they come first. */
  | {
    readonly type: "tries";
    readonly tries: readonly { readonly id: number; readonly tries: StoredTries }[];
  }
  /** Jobs that were accepted and have no ending. */
  | { readonly type: "open"; readonly jobs: readonly StoredJob[] }
  /** Idempotency keys of jobs of the last 24 h, open or ended. */
  | {
    readonly type: "keys";
    readonly keys: readonly RecoveredKey[];
  }
  | { readonly type: "schedules"; readonly schedules: readonly StoredSchedule[] }
  | {
    readonly type: "snapshots";
    readonly snapshots: readonly { readonly actor: string; readonly snapshot: unknown }[];
  };

/** What can be asked of the store. */
export type StoreQuery =
  | { readonly type: "job"; readonly id: number }
  | {
    readonly type: "jobs";
    readonly ending?: Ending;
    readonly task?: string;
    readonly operation?: string;
    readonly key?: string;
    readonly isLatest?: boolean;
    /** Ids greater than this, or where the latest come first, less. */
    readonly after?: number;
    readonly limit: number;
  }
  /** Jobs of a workflow, in order of acceptance. */
  | {
    readonly type: "steps";
    readonly executionId: string;
    /** Ids greater than this. */
    readonly after?: number;
    readonly limit: number;
  }
  /** Workflows, the one with the latest job first. */
  | {
    readonly type: "workflows";
    /** Whose latest job has a smaller id. */
    readonly before?: number;
    readonly limit: number;
  }
  | SlotsQuery
  | { readonly type: "facts"; readonly from: number; readonly limit: number };

/** A stored job with its ending, if it has one. */
export interface StoredRecord {
  /** As it was accepted, or amended. */
  readonly job: StoredJob;
  /** Null: it is open. */
  readonly ended: StoredOutcome | null;
}

/** Answers to {@link StoreQuery} by its type. */
export interface StoreAnswers {
  /** Null: there is none of this number, or it is forgotten. */
  readonly job: StoredRecord | null;
  /** In the order that was asked for. */
  readonly jobs: readonly StoredRecord[];
  /** In order of acceptance. */
  readonly steps: readonly StoredRecord[];
  /** The one with the latest job first. */
  readonly workflows: readonly WorkflowRow[];
  /** In the order of their names. */
  readonly slots: readonly StoredSlot[];
  /** In the order of their numbers. */
  readonly facts: readonly Stamped<ControlFact>[];
}

/**
 * A log with recovery. `append` takes all changes of a tick and never blocks; what it took is
 * safe once `committedLsn` has reached the number it returned.
 */
export interface Store {
  /** What it is called: `memory`, `sqlite`, or a word of your own. */
  readonly kind: string;
  /** Whether what it holds is there after a restart. */
  readonly isDurable: boolean;
  /** Start number of the service in this data directory, 1 at first. */
  readonly epoch: number;
  /** Highest job id ever accepted here, 0 at first. */
  readonly lastJobId: number;
  /** Highest `seq` of a control fact ever stored here, 0 at first. */
  readonly lastSeq: number;
  /** Rows found damaged since the start and set aside. */
  readonly corruptRows: number;
  /** What was sent to workers, for the next process; absent where none takes over. */
  readonly trail?: TrailFile;
  /** Takes changes, in order, and says the number of the last one: they are counted from 1. */
  append(changes: readonly Change[]): number;
  /** All changes up to this one are safe; 0 at first. */
  readonly committedLsn: number;
  /** Called after each commit. One listener. */
  onCommitted(listener: (lsn: number) => void): void;
  /** Called when changes could not be stored (disk full, …): those after `committedLsn` up to `lsn` are lost. */
  onFailed(listener: (lsn: number, because: string) => void): void;
  /** What the next process goes on with; asked once, before anything is appended. */
  recover(): AsyncIterable<RecoveryPage>;
  /** Answers a query with what is safe. Rejects where the store is closed. */
  read<Q extends StoreQuery>(query: Q): Promise<StoreAnswers[Q["type"]]>;
  /** Stores what was appended and ends; a second call waits for the same. */
  close(): Promise<void>;
}
