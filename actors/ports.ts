/**
 * The outside world as the actors see it. `host.ts` is the real one, `simulation/` has another.
 * Nothing above this file knows Deno.
 *
 * @module
 */
import type { HostReading } from "../messages/mailboxes.ts";
import type { RegretEstimate, RegretWish } from "../messages/regret.ts";
import type { Vitals } from "../messages/vitals.ts";
import type { Trees } from "./trees.ts";
import type { Store } from "./store.ts";
import type { Processes } from "./worker_process.ts";

export type {
  Change,
  RecoveredKey,
  RecoveryPage,
  Store,
  StoreAnswers,
  StoredJob,
  StoredOutcome,
  StoredRecord,
  StoredSchedule,
  StoreQuery,
  WorkflowRow,
} from "./store.ts";
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
  /** The same in the midst of a turn, in which `nowMs()` may stand still. Left out: it takes no time. */
  lookMs?(): number;
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

/**
 * How the file at a path looks, for comparing; of one that does not exist, too. Null: it is no file,
 * or can't be looked at.
 */
export type Stamp = (path: string, withContents: boolean) => Promise<string | null>;

/**
 * Simulates what a pool costs beside pools of one size, without holding anybody up. Rejects where that
 * can't be, and when it is called off.
 */
export type Rehearse = (wish: RegretWish, signal: AbortSignal) => Promise<RegretEstimate>;

/** All ports together. */
export interface Ports {
  readonly clock: Clock;
  readonly random: Random;
  readonly host: Host;
  readonly trees: Trees;
  readonly processes: Processes;
  readonly store: Store;
  /** Left out: no file can be looked at. */
  readonly stamp?: Stamp;
  /** Left out: nothing can be simulated. */
  readonly rehearse?: Rehearse;
}
