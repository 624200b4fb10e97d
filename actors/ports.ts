/**
 * The outside world as the actors see it. `host.ts` is the real one, `simulation/` has another.
 * Nothing above this file knows Deno.
 *
 * @module
 */
import type { HostReading } from "../messages/mailboxes.ts";
import type { ControlFact, Stamped } from "../messages/facts.ts";
import type { Ending, JobSpec } from "../messages/job.ts";
import type { ScheduleSpec } from "../messages/schedule.ts";
import type { LogPiece } from "../messages/log.ts";
import type { Outcome } from "../messages/outcome.ts";
import type { Vitals } from "../messages/vitals.ts";
import type { SlotsQuery, StoredSlot } from "./stored_slot.ts";
import type { StoredTries } from "./stored_tries.ts";
import type { TrailFile } from "./trail_file.ts";
import type { Trees } from "./trees.ts";
import type { Processes } from "./worker_process.ts";

export type { StoredSlot } from "./stored_slot.ts";
export type { StoredTries } from "./stored_tries.ts";
export type { JobGroup, ProcessRow, Trees } from "./trees.ts";
export type {
  Exit,
  Grant,
  Processes,
  Program,
  WorkerEvents,
  WorkerProcess,
} from "./worker_process.ts";

/** One time base. Durations, waits and cooldowns use `nowMs`; due dates and stamps use `wallMs`. */
export interface Clock {
  /** Monotonic milliseconds since an arbitrary start. */
  nowMs(): number;
  /** Milliseconds since the epoch. */
  wallMs(): number;
  /**
   * Calls `fn` once when `nowMs()` has reached `untilMs` (never before, any distance); returns the
   * way to call it off.
   */
  at(untilMs: number, fn: () => void): () => void;
  /** Calls `fn` at the end of this turn of the loop. Left out: a microtask is that. */
  endOfTurn?(fn: () => void): void;
}

/** Chance. */
export interface Random {
  /** 0 <= x < 1. */
  unit(): number;
}

/** What can be read from the machine. Null means unknown. */
export interface Host {
  /** CPU, memory and pressure now; ratios of CPU since the last call. */
  read(): HostReading;
  /** All that the last `read` saw, and what policies don't ask for; rates since the last call. */
  vitals(): Vitals;
  /** Looks at some more processes, to count their states; returns when to go on, ms from now. */
  walk(): number;
  /** State letter of a process (`R`, `S`, `T`, `Z`), null when it is gone or unreadable. */
  processState(pid: number): string | null;
  /** Threads of a worker in which scripts run, beside its main one. */
  scriptThreads(pid: number): number;
  /** A process's main thread so far, ms: on a core, and ready but waiting for one. */
  threadMs(pid: number | "self"): { readonly ranMs: number; readonly waitedMs: number } | null;
  /** Resident memory of a process. */
  residentBytes(pid: number): number | null;
}

/** The workspace of one staged run, while it is under way. */
export interface Workspace {
  /** The folder its stages work in. */
  readonly path: string;
  /** The first stage of the last run here had passed, so that what it left can be gone on with. */
  readonly isSound: boolean;
  /** Removes what lies there but for the paths to keep; true when any of those was there. */
  empty(keep: readonly string[]): Promise<boolean>;
  /** The first stage has passed: the next run finds it sound. */
  approve(): Promise<void>;
  /** The run has ended; a workspace of no project goes with it. */
  release(): Promise<void>;
}

/** Workspaces of staged runs. */
export interface Workspaces {
  /** Opens that of a project, for one run at a time; null: a new one. */
  open(project: string | null): Promise<Workspace>;
}

/** A job as it was accepted. */
export interface StoredJob {
  readonly id: number;
  /** Epoch ms. */
  readonly acceptedAt: number;
  readonly spec: JobSpec;
}

/** A job's one ending. */
export interface StoredOutcome {
  readonly id: number;
  /** Epoch ms. */
  readonly endedAt: number;
  readonly outcome: Outcome;
  /** What it said, where the outcome does not say it. */
  readonly log?: readonly LogPiece[];
}

/** A schedule and how far it has come. */
export interface StoredSchedule {
  readonly name: string;
  readonly spec: ScheduleSpec;
  /** Who made it: the configuration, or a call. */
  readonly source: "configuration" | "call";
  readonly paused: boolean;
  /** Epoch ms: instants up to this one are over, whether or not a job was made of them. */
  readonly seenAt: number;
  /** The job of its latest instant that has one, and that instant. */
  readonly last: { readonly id: string; readonly at: number } | null;
}

/** A workflow in the store: its jobs, counted. */
export interface WorkflowRow {
  readonly executionId: string;
  readonly jobs: number;
  /** Of them, without an ending, and ended `done` or skipped. */
  readonly open: number;
  readonly done: number;
  readonly firstId: number;
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
  readonly key: string;
  /** Number of the job that it stands for. */
  readonly id: number;
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
  readonly job: StoredJob;
  readonly ended: StoredOutcome | null;
}

/** Answers to {@link StoreQuery} by its type. */
export interface StoreAnswers {
  readonly job: StoredRecord | null;
  readonly jobs: readonly StoredRecord[];
  readonly steps: readonly StoredRecord[];
  readonly workflows: readonly WorkflowRow[];
  readonly slots: readonly StoredSlot[];
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
  append(changes: readonly Change[]): number;
  readonly committedLsn: number;
  /** Called after each commit. One listener. */
  onCommitted(listener: (lsn: number) => void): void;
  /** Called when changes could not be stored (disk full, …): those after `committedLsn` up to `lsn` are lost. */
  onFailed(listener: (lsn: number, because: string) => void): void;
  recover(): AsyncIterable<RecoveryPage>;
  read<Q extends StoreQuery>(query: Q): Promise<StoreAnswers[Q["type"]]>;
  close(): Promise<void>;
}

/** All ports together. */
export interface Ports {
  readonly clock: Clock;
  readonly random: Random;
  readonly host: Host;
  readonly trees: Trees;
  readonly processes: Processes;
  readonly store: Store;
}
