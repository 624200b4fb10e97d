/**
 * A queue over a store in the test's hand, and all that was told of its jobs.
 *
 * @module
 */
import { type Death, deathOf } from "../actors/exit.ts";
import type { Job, Order } from "../actors/job.ts";
import type { Lane } from "../actors/lane.ts";
import type { Stamp, Store } from "../actors/ports.ts";
import { Queue } from "../actors/queue.ts";
import type { QueueLimits } from "../actors/queue_listener.ts";
import type { Outcome } from "../messages/outcome.ts";
import { ManualClock } from "./manual_clock.ts";
import { nothing, orderOf } from "./orders.ts";

/** How an attempt ends that its worker tells the end of. */
export type End = "done" | "failed" | "invalid" | "timedOut" | "cancelled";

/** The death of a worker by itself. */
export const crash = (because = "exited with 1"): Death =>
  deathOf({ code: 1, signal: null, stderrTail: "" }, because, null);

/** A queue with a virtual clock and no chance. */
export class QueueStage {
  readonly clock: ManualClock;
  /** Numbers of the jobs that were told: accepted, laid back, ended. */
  readonly accepted: number[] = [];
  readonly requeued: number[][] = [];
  readonly ended: [number, Outcome][] = [];
  /** Numbers of jobs whose workers were to be asked to end them. */
  readonly overdue: number[] = [];
  readonly queue: Queue;
  /** What chance says. */
  unit = 1;

  /** Bounds are wide unless the test says otherwise. */
  constructor(
    store: Store,
    limits: Partial<QueueLimits> = {},
    clock = new ManualClock(),
    stamp?: Stamp,
  ) {
    this.clock = clock;
    this.queue = new Queue(
      { clock: this.clock, random: { unit: () => this.unit }, store, ...(stamp && { stamp }) },
      { jobsMax: 1_000, bytesMax: 1e6, ...limits },
      {
        accepted: (jobs) => this.accepted.push(...jobs.map(({ id }) => id)),
        requeued: (jobs) => this.requeued.push(jobs.map(({ id }) => id)),
        ended: (job, outcome) => this.ended.push([job.id, outcome]),
        overdue: (job) => this.overdue.push(job.id),
        ready: () => {},
      },
    );
  }

  get lane(): Lane {
    return this.queue.lane(nothing);
  }

  /** How each job ended, in the order in which it was told. */
  get endings(): [number, string][] {
    return this.ended.map(([id, { type }]) => [id, type]);
  }

  add(spec: Order["spec"] = {}, part: Partial<Order> = {}): Job {
    return this.queue.submit([orderOf(spec, part)])[0]!;
  }

  /** Takes the next job as a worker would that has not begun it. */
  send(): Job | undefined {
    const job = this.lane.take() ?? this.lane.takeSuspect();
    if (job) job.slot = 0;
    return job;
  }

  /** Takes the next job and begins it. */
  begin(): Job | undefined {
    const job = this.send();
    if (job) this.begun(job);
    return job;
  }

  begun(job: Job): void {
    job.state = "running";
    job.startedMs = this.clock.nowMs() || 0.001;
  }

  /** Ends a begun job as its worker would. */
  end(job: Job, how: End = "done", part: Partial<Outcome> = {}): void {
    this.queue.settle(job, {
      type: how === "invalid" ? "failed" : how,
      ...(how === "invalid" && { category: "validation" as const }),
      ...(how === "failed" && { category: "exit" as const }),
      attempts: job.attempt,
      waitMs: 0,
      durationMs: 1,
      resources: { cpuSeconds: null, peakBytes: null, ioBytes: null, source: "none" },
      worker: "1.1",
      ...part,
    });
  }
}
