/**
 * The attempts of a job on their way to the store and back.
 *
 * @module
 */
import type { Job } from "./job.ts";
import type { Clock } from "./ports.ts";
import type { StoredTries } from "./stored_tries.ts";

/** What is to be stored of a job now. */
export function triesOf(job: Job, clock: Pick<Clock, "nowMs" | "wallMs">): StoredTries {
  const { attempt, losses, strikes, ooms, deaths, suspect, failures, doomed, because, firstDueMs } =
    job;
  const aheadMs = job.dueMs - clock.nowMs();
  const dueAt = Math.round(clock.wallMs() + aheadMs);
  const waitMs = Math.max(0, Math.ceil(aheadMs));
  return {
    attempt,
    losses,
    strikes,
    ooms,
    deaths,
    suspect,
    dueAt,
    waitMs,
    failures: failures ?? [],
    ...(firstDueMs !== null && { triedMs: job.dueMs - firstDueMs }),
    ...(doomed === "cancelled" && { cancelled: because }),
  };
}

/** Gives a job back what was stored of it; `startMs` and `startAt` are the same instant. */
export function resumeTries(job: Job, tries: StoredTries, startMs: number, startAt: number): void {
  job.attempt = tries.attempt;
  job.losses = tries.losses;
  job.strikes = tries.strikes;
  job.ooms = tries.ooms;
  job.deaths = tries.deaths;
  job.suspect = tries.suspect;
  if (tries.failures.length > 0) job.failures = tries.failures;
  if (tries.cancelled !== undefined) {
    job.doomed = "cancelled";
    job.because = tries.cancelled;
  }
  job.dueMs = startMs + Math.min(tries.dueAt - startAt, tries.waitMs);
  if (tries.triedMs !== undefined) job.firstDueMs = job.dueMs - tries.triedMs;
}
