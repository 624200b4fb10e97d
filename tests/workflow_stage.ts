/**
 * Jobs that wait for each other, and workers that end them as the test says.
 *
 * @module
 */
import { type Job, jobId, jobNumber, viewRecord } from "../actors/job.ts";
import { Keys } from "../actors/keys.ts";
import type { Store } from "../actors/ports.ts";
import { memoryStore } from "../actors/stores/memory.ts";
import { type Gates, submitAll } from "../actors/submission.ts";
import type { Intake } from "../actors/intake.ts";
import { keysOf } from "../actors/turns/keys_of.ts";
import type { Accepted, JobSpec } from "../messages/job.ts";
import { orderOf } from "./orders.ts";
import { type End, QueueStage } from "./queue_stage.ts";

/** A queue that takes submits. */
export class WorkflowStage extends QueueStage {
  readonly store: Store;
  readonly keys = new Keys(() => this.clock.wallMs());

  constructor(store = memoryStore()) {
    super(store, { jobsMax: 100_000, bytesMax: 1e9 });
    this.store = store;
  }

  submit(...specs: readonly JobSpec[]): Promise<readonly Accepted[]> {
    const lookUp: Gates["lookUp"] = async (id) => {
      const number = jobNumber(id)!;
      const job = this.queue.open.get(number);
      if (job) return job.spec;
      this.queue.flush();
      const record = await this.store.read({ type: "job", id: number });
      return record && viewRecord(record);
    };
    const order = (spec: JobSpec) =>
      orderOf(spec, { keys: keysOf(spec), retries: spec.retries ?? 0 });
    const intake = { order } as unknown as Intake;
    const stateOf = async (id: string) => await lookUp(id) ? "waiting" as const : null;
    const whole = specs.map((spec) => ({ task: "t", ...spec }));
    return submitAll(whole, { intake, keys: this.keys, queue: this.queue, stateOf, lookUp });
  }

  /** The open job with this number. */
  job(id: number): Job {
    return this.queue.open.get(id)!;
  }

  /** Ends a begun job with the times that it took. */
  finish(job: Job, how: "done" | "failed" = "done"): void {
    this.queue.settle(job, {
      type: how,
      ...(how === "failed" && { category: "exit" as const }),
      attempts: job.attempt,
      waitMs: job.startedMs - job.dueMs,
      durationMs: this.clock.nowMs() - job.startedMs,
      resources: { cpuSeconds: null, peakBytes: null, ioBytes: null, source: "none" },
      worker: "1.1",
    });
  }

  /** Begins whatever can and ends it as `how` says, until nothing can begin. Returns the order. */
  async run(how: (job: Job) => End = () => "done", ranMs = 1): Promise<string[]> {
    const ran: string[] = [];
    for (let job = this.begin(); job; job = this.begin()) {
      ran.push(job.spec.taskId ?? jobId(job.id));
      await this.clock.advance(ranMs);
      this.end(job, how(job));
      await this.clock.advance(0);
    }
    return ran;
  }
}
