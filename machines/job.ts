/**
 * The legal moves of a job: a table, as there are too many jobs for a statechart each.
 *
 * @module
 */
import type { Ending, JobState } from "../messages/job.ts";

/** Where a job can go from each state. */
export const moves: Readonly<Record<JobState, readonly JobState[]>> = {
  /** Waits for its due time. */
  scheduled: ["waiting", "blocked", "expired", "cancelled"],
  /** Waits for a worker; a task that turns out not to load fails here. */
  waiting: ["running", "blocked", "failed", "expired", "cancelled"],
  /** Waits for other jobs or a limit; fails with what it depended on. */
  blocked: ["waiting", "failed", "expired", "cancelled"],
  /** Was sent to a worker; back to `waiting` when the worker gave it back or died. */
  running: [
    "waiting",
    "retrying",
    "done",
    "failed",
    "dead",
    "timedOut",
    "lost",
    "cancelled",
  ],
  /** Waits for its back-off. */
  retrying: ["waiting", "cancelled"],
  done: [],
  // What follows is redriven by hand.
  failed: ["waiting"],
  dead: ["waiting"],
  timedOut: ["waiting"],
  expired: ["waiting"],
  lost: ["waiting"],
  cancelled: ["waiting"],
};

const endings: Readonly<Record<Ending, true>> = {
  done: true,
  failed: true,
  dead: true,
  timedOut: true,
  expired: true,
  lost: true,
  cancelled: true,
};

/** Whether a job may go from one state to another. */
export function mayMove(from: JobState, to: JobState): boolean {
  return moves[from].includes(to);
}

/** Whether a job in this state has ended. */
export function isEnding(state: JobState): state is Ending {
  return state in endings;
}
