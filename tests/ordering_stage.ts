/**
 * Servers in virtual time that take jobs out of a lane, one at a time each.
 *
 * @module
 */
import { Heap } from "../actors/heap.ts";
import type { Job } from "../actors/job.ts";
import { Lane } from "../actors/lane.ts";
import { Sequence } from "../actors/sequence.ts";
import type { JobSpec } from "../messages/job.ts";
import type { Outcome } from "../messages/outcome.ts";
import { jobOf, nothing } from "./orders.ts";

/** A job that comes at an instant and runs for a while. */
export interface Arrival {
  readonly atMs: number;
  readonly runMs: number;
  readonly spec?: JobSpec;
}

/** What became of a job. */
export interface Served {
  readonly job: Job;
  readonly waitMs: number;
}

/** A sequence of one policy. */
export function sequenceOf(name: string, options: unknown = {}): Sequence {
  const sequence = new Sequence();
  sequence.adopt(name, options);
  return sequence;
}

/** Plays `arrivals`, earliest first, on `servers`; returns jobs in the order of their starts. */
export function serve(arrivals: readonly Arrival[], servers: number, sequence: Sequence): Served[] {
  const lane = new Lane(nothing, undefined, sequence);
  const runs = new Map<Job, number>();
  const ends = new Heap<{ readonly atMs: number; readonly job: Job }>((one, other) =>
    one.atMs < other.atMs
  );
  const served: Served[] = [];
  let next = 0;
  while (next < arrivals.length || ends.size > 0) {
    const comesMs = arrivals[next]?.atMs ?? Infinity;
    const endsMs = ends.first?.atMs ?? Infinity;
    const nowMs = Math.min(comesMs, endsMs);
    if (endsMs <= comesMs) {
      const { job } = ends.pop()!;
      sequence.learn(job, { type: "done", durationMs: runs.get(job)! } as Outcome);
    } else {
      const { runMs, spec = {} } = arrivals[next++]!;
      const job = jobOf(next, spec);
      job.dueMs = nowMs;
      runs.set(job, runMs);
      lane.add(job);
    }
    while (ends.size < servers && lane.queued > 0) {
      const job = lane.take(null, nowMs)!;
      job.state = "running";
      ends.push({ atMs: nowMs + runs.get(job)!, job });
      served.push({ job, waitMs: nowMs - job.dueMs });
    }
  }
  return served;
}
