/**
 * Takes over what an earlier life of the data directory accepted and did not end.
 *
 * @module
 */
import { dueAt } from "./due_at.ts";
import type { Intake } from "./intake.ts";
import { Job } from "./job.ts";
import type { Keys } from "./keys.ts";
import type { StoredJob, StoredSchedule } from "./ports.ts";
import { Refusal } from "./runtime.ts";
import type { StoredTries } from "./stored_tries.ts";
import type { System } from "./system.ts";
import type { Outlived } from "./trail.ts";
import { resumeTries } from "./tries.ts";

/** What an earlier life knew beside its jobs. */
export interface Restored {
  /** By actor. */
  readonly actors: ReadonlyMap<string, unknown>;
  readonly schedules: readonly StoredSchedule[];
}

const nothing: Outlived = { begun: new Map(), sent: new Map() };

/**
 * Puts open jobs back into the queue, in order of acceptance and with the attempts that they have
 * behind them, and remembers keys.
 */
export async function restore(
  { queue, ports, journal }: System,
  intake: Intake,
  keys: Keys,
): Promise<Restored> {
  const actors = new Map<string, unknown>();
  const schedules: StoredSchedule[] = [];
  // One look at the clocks, so that jobs wait in the order in which they came.
  const [startMs, startAt] = [ports.clock.nowMs(), ports.clock.wallMs()];
  const outlived = queue.trail?.outlived ?? nothing;
  const tries = new Map<number, StoredTries>();
  /** What the service died with. */
  const begun: Job[] = [];
  let refused = 0;
  let because = "";
  for await (const page of ports.store.recover()) {
    if (page.type === "keys") {
      for (const { key, ...known } of page.keys) keys.restore(key, known);
    } else if (page.type === "tries") {
      for (const { id, tries: stored } of page.tries) tries.set(id, stored);
    } else if (page.type === "open") {
      const jobs = page.jobs.flatMap((stored) => {
        const job = again(stored);
        return typeof job === "string" ? (refused++, because = job, []) : job;
      });
      queue.restore(jobs);
      for (const job of jobs) keys.singletons.note(job);
    } else if (page.type === "schedules") schedules.push(...page.schedules);
    else for (const { actor, snapshot } of page.snapshots) actors.set(actor, snapshot);
  }
  await new Promise<void>((safe) => {
    if (!queue.outlive(begun, safe)) safe();
  });
  queue.trail?.open();
  if (refused === 0) return { actors, schedules };
  // They stay in the store, for a start that knows what to do with them.
  journal.note({
    type: "alert",
    level: "warning",
    code: "jobs_left",
    message: `${refused} jobs of an earlier start can't be run by this one: ${because}`,
  });
  return { actors, schedules };

  function again({ id, acceptedAt, spec }: StoredJob): Job | string {
    try {
      // It has waited since it was accepted, or due, also while nobody was here.
      const sinceAt = Math.min(startAt, Math.max(acceptedAt, dueAt(spec, acceptedAt) ?? 0));
      const job = new Job(id, intake.again(spec), startMs - (startAt - sinceAt), acceptedAt);
      const stored = tries.get(id);
      if (stored) resumeTries(job, stored, startMs, startAt);
      if (wasBegun(job)) {
        job.deaths++;
        begun.push(job);
      }
      return job;
    } catch (error) {
      if (error instanceof Refusal) return error.message;
      throw error;
    }
  }

  /** Of those behind others in their workers the few that must not run twice are not run again. */
  function wasBegun({ id, attempt, spec: { onLoss } }: Job): boolean {
    return outlived.begun.get(id) === attempt ||
      (onLoss === "fail" && outlived.sent.get(id) === attempt);
  }
}
