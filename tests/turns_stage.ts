/**
 * A queue with keys, its lane and as many places as its workers have, all in the test's hand.
 *
 * @module
 */
import type { Job } from "../actors/job.ts";
import { memoryStore } from "../actors/stores/memory.ts";
import { keysOf } from "../actors/turns/keys_of.ts";
import type { JobSpec } from "../messages/job.ts";
import type { KeyLimits } from "../messages/limits.ts";
import { QueueStage } from "./queue_stage.ts";

/** Jobs with keys. */
export class TurnsStage extends QueueStage {
  /** Jobs in workers, begun or not, in the order in which they got there. */
  readonly running: Job[] = [];
  /** All that were accepted. */
  readonly jobs: Job[] = [];

  constructor(limits: KeyLimits, readonly store = memoryStore()) {
    super(store, { jobsMax: 10_000, bytesMax: 1e9 });
    this.queue.gates.turns.adopt(limits);
  }

  get turns() {
    return this.queue.gates.turns;
  }

  put(spec: JobSpec): Job {
    const job = this.add(spec, { keys: keysOf(spec) });
    this.jobs.push(job);
    return job;
  }

  /** A worker takes the next job that may run. */
  take(): Job | undefined {
    for (;;) {
      const job = this.lane.take() ?? this.lane.takeSuspect();
      if (!job) return undefined;
      if (job.gates !== null && !this.queue.gates.take(job)) continue;
      job.slot = 0;
      this.begun(job);
      this.turns.began(job);
      this.running.push(job);
      return job;
    }
  }

  /** Workers take all that may run. */
  takeAll(): Job[] {
    const taken: Job[] = [];
    for (let job = this.take(); job; job = this.take()) taken.push(job);
    return taken;
  }

  /** A job is with no worker any more. */
  out(job: Job): Job {
    this.running.splice(this.running.indexOf(job), 1);
    return job;
  }
}
