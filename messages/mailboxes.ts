/**
 * Every arrow between actors: one union a mailbox, discriminated by `type`; commands in the
 * imperative, facts in the past tense. All of it is plain data.
 *
 * @module
 */
import type { Envelope } from "./decision.ts";
import type { Ending } from "./job.ts";
import type { Reading } from "./signals.ts";

/**
 * Mailbox of the scaling machine (owned by the controller). Time arrives with the message as
 * `nowMs`, monotonic.
 */
export type ScalingMessage =
  | {
    readonly type: "proposed";
    readonly decision: number;
    readonly envelope: Envelope;
    /** It is for a host that can't be seen, so that is no objection; `exact`: nor to fewer workers. */
    readonly fallback?: "exact" | "atLeast";
    readonly nowMs: number;
  }
  /** `workers` are ready and starting ones; draining ones do not count. */
  | {
    readonly type: "resized";
    readonly workers: number;
    /** One that was ready has died. */
    readonly lost?: true;
    readonly nowMs: number;
  }
  | { readonly type: "startFailed"; readonly because: string; readonly nowMs: number }
  | { readonly type: "startSucceeded"; readonly nowMs: number }
  | { readonly type: "sensed"; readonly nowMs: number }
  | { readonly type: "blinded"; readonly because: string; readonly nowMs: number }
  | { readonly type: "pressureRose"; readonly because: string; readonly nowMs: number }
  | { readonly type: "pressureFell"; readonly nowMs: number }
  /** No job is begun. */
  | { readonly type: "pause"; readonly nowMs: number; readonly forMs?: number }
  /** The size does not fall (`in`), or does not rise (`out`). */
  | {
    readonly type: "hold";
    readonly scaling: "in" | "out";
    readonly nowMs: number;
    readonly forMs?: number;
  }
  /** No job is begun, and workers leave when theirs have ended. */
  | { readonly type: "drain"; readonly nowMs: number; readonly forMs?: number }
  | { readonly type: "resume"; readonly nowMs: number }
  | {
    readonly type: "pin";
    readonly workers: number;
    readonly nowMs: number;
    readonly forMs?: number;
  }
  | { readonly type: "elapsed"; readonly timer: string; readonly nowMs: number };

/** Mailbox of a circuit breaker (per operation or host). */
export type BreakerMessage =
  /** So many calls, of which so many took too long. Default: one, none. */
  | {
    readonly type: "succeeded";
    readonly nowMs: number;
    readonly calls?: number;
    readonly slow?: number;
  }
  /** Default: one. */
  | { readonly type: "failed"; readonly nowMs: number; readonly calls?: number }
  | { readonly type: "probed"; readonly nowMs: number }
  /** The probe has ended without an answer: it was not made, or says nothing. */
  | { readonly type: "returned"; readonly nowMs: number }
  | { readonly type: "elapsed"; readonly timer: string; readonly nowMs: number };

/** Mailbox of one worker's machine; every message carries the generation it is about. */
export type WorkerMessage =
  | {
    readonly type: "connected";
    readonly generation: number;
    readonly pid: number;
    readonly nowMs: number;
  }
  | {
    readonly type: "drain";
    readonly generation: number;
    readonly because: string;
    readonly nowMs: number;
    /** Time that its jobs have. Default 25 s. */
    readonly withinMs?: number;
  }
  | { readonly type: "emptied"; readonly generation: number; readonly nowMs: number }
  | {
    readonly type: "condemn";
    readonly generation: number;
    readonly because: string;
    readonly nowMs: number;
  }
  | {
    readonly type: "exited";
    readonly generation: number;
    readonly because: string;
    readonly nowMs: number;
  }
  | { readonly type: "elapsed"; readonly timer: string; readonly nowMs: number };

/** Mailbox of a restart governor (one a seat, one an actor). */
export type RestartsMessage =
  | { readonly type: "started"; readonly nowMs: number }
  | { readonly type: "used"; readonly nowMs: number }
  | {
    readonly type: "ended";
    readonly how: "normal" | "shutdown" | "abnormal";
    readonly nowMs: number;
    /** Share of the back-off to wait, 0..1, drawn by the sender. Default 1. */
    readonly jitterRatio?: number;
  }
  | { readonly type: "reset"; readonly nowMs: number }
  | { readonly type: "elapsed"; readonly timer: string; readonly nowMs: number };

/** Mailbox of an alert's machine. */
export type AlertMessage =
  /** Where the measured value stands now. */
  | {
    readonly type: "judged";
    readonly level: "calm" | "warning" | "critical";
    readonly nowMs: number;
  }
  | { readonly type: "elapsed"; readonly timer: string; readonly nowMs: number };

/** Mailbox of a staged run. */
export type RunMessage =
  | { readonly type: "prepared"; readonly nowMs: number }
  /** The workspace can't be made ready. */
  | { readonly type: "unprepared"; readonly ending: "failed"; readonly nowMs: number }
  /** The stage that runs has ended. */
  | { readonly type: "ended"; readonly ending: Ending; readonly nowMs: number }
  | {
    readonly type: "stop";
    readonly ending: "cancelled" | "timedOut";
    readonly nowMs: number;
  }
  | { readonly type: "elapsed"; readonly timer: string; readonly nowMs: number };

/** Mailbox of the controller actor. */
export type ControllerMessage =
  | { readonly type: "burst" }
  | { readonly type: "stir" }
  | { readonly type: "resized"; readonly workers: number; readonly lost?: true }
  | { readonly type: "startFailed"; readonly because: string }
  | { readonly type: "startSucceeded" }
  | { readonly type: "pause"; readonly forMs?: number }
  | { readonly type: "hold"; readonly scaling: "in" | "out"; readonly forMs?: number }
  | { readonly type: "drain"; readonly forMs?: number }
  | { readonly type: "resume" }
  | { readonly type: "pin"; readonly workers: number; readonly forMs?: number };

/** Mailbox of the pool actor. */
export type PoolMessage =
  | {
    readonly type: "adopt";
    readonly decision: number;
    readonly envelope: Envelope;
    readonly because: string;
  }
  | { readonly type: "drain"; readonly withinMs: number };

/** The host's part of a reading; null where it could not be read. */
export type HostReading = Pick<
  Reading,
  | "cores"
  | "cpuRatio"
  | "memoryRatio"
  | "memoryAvailableBytes"
  | "cpuPressureRatio"
  | "memoryPressureRatio"
  | "ioPressureRatio"
>;
