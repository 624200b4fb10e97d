/**
 * One life of a queue after another over one store: each is killed, and the next takes over.
 *
 * @module
 */
import type { Intake } from "../actors/intake.ts";
import type { Job } from "../actors/job.ts";
import { Keys } from "../actors/keys.ts";
import type { Store } from "../actors/ports.ts";
import { restore } from "../actors/restore.ts";
import { memoryStore } from "../actors/stores/memory.ts";
import type { System } from "../actors/system.ts";
import type { TrailFile } from "../actors/trail_file.ts";
import type { JobSpec } from "../messages/job.ts";
import { ManualClock } from "./manual_clock.ts";
import { orderOf } from "./orders.ts";
import { QueueStage } from "./queue_stage.ts";

/** A worker that has jobs. */
export interface Seat {
  readonly seat: number;
  readonly generation: number;
}

/** Three of them. */
export const seats: readonly Seat[] = [1, 2, 3].map((seat) => ({ seat, generation: 1 }));

/** A trail's file in memory. */
export class TrailStub implements TrailFile {
  left = new Uint8Array();

  append(bytes: Uint8Array): void {
    this.left = Uint8Array.from([...this.left, ...bytes]);
  }

  replace(bytes: Uint8Array): void {
    this.left = Uint8Array.from(bytes);
  }
}

/** The lives. */
export class Lives {
  readonly file = new TrailStub();
  readonly #store = memoryStore();
  #epoch = 0;
  #stage: QueueStage | null = null;

  /** The one under way. */
  get stage(): QueueStage {
    return this.#stage!;
  }

  /** Kills the one under way, if any is, and begins the next one, `downMs` later. */
  async next(downMs = 0): Promise<QueueStage> {
    await Promise.resolve(); // What was done in this turn is written at its end.
    const wallMs = this.#stage?.clock.wallMs();
    const clock = new ManualClock(wallMs === undefined ? undefined : wallMs + downMs);
    const epoch = ++this.#epoch;
    const store = new Proxy(this.#store, {
      get: (store, name) =>
        name === "trail" ? this.file : name === "epoch" ? epoch : Reflect.get(store, name),
    }) as Store;
    const stage = this.#stage = new QueueStage(store, {}, clock);
    const system = { queue: stage.queue, ports: { clock, store }, journal: null };
    const intake = { again: (spec: JobSpec) => orderOf(spec) };
    const keys = new Keys(() => clock.wallMs());
    await restore(system as unknown as System, intake as unknown as Intake, keys);
    await clock.advance(0);
    return stage;
  }

  /** Sends the next job to a worker, as a dispatcher does. */
  send(to: Seat): Job | undefined {
    const job = this.stage.send();
    if (job) this.stage.queue.trail!.sent(job, to);
    return job;
  }

  /** A worker tells that it has begun a job. */
  begun(job: Job): Job {
    this.stage.begun(job);
    this.stage.queue.trail!.began([job]);
    return job;
  }

  /** Sends the next job and has it begun; there must be one. */
  begin(to: Seat = { seat: 1, generation: 1 }): Job {
    return this.begun(this.send(to)!);
  }
}
