/**
 * What the store has of a job that was tried and is to be tried again, or to end, so that the next process goes
 * on where this one was.
 *
 * @module
 */
import type { FailedAttempt } from "../messages/outcome.ts";

/** The attempts of an open job, those of workers that died among them. */
export interface StoredTries {
  /** The one that comes next. */
  readonly attempt: number;
  /** Attempts that were lost with their worker. */
  readonly losses: number;
  /** Workers that died of it while it was alone. */
  readonly strikes: number;
  /** Attempts that ended for memory. */
  readonly ooms: number;
  /** Processes of the service that ended while it ran. */
  readonly deaths: number;
  /** Whether it has to run alone. */
  readonly suspect: boolean;
  /** Epoch ms: since when, or from when on, it may begin. */
  readonly dueAt: number;
  /** Of that, what was yet to come when it was stored, ms: a clock that was set adds nothing. */
  readonly waitMs: number;
  /** So long before that it could begin for the first time, ms; absent: it was then. */
  readonly triedMs?: number;
  /** How the attempts before ended. */
  readonly failures: readonly FailedAttempt[];
  /** Why it is to end, where somebody has cancelled it: it has no attempt any more. */
  readonly cancelled?: string;
}
