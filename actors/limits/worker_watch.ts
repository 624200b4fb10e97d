/**
 * Watches the memory of workers: of one with a limited task, and of all where they have a limit.
 *
 * @module
 */
import type { Limits } from "../../messages/limits.ts";
import type { Job } from "../job.ts";
import type { Clock, Host, JobGroup, Trees } from "../ports.ts";
import type { WorkerLink } from "../worker.ts";
import { overLimit } from "./meter.ts";
import { pinned } from "./pinned.ts";
import type { Solo } from "./solo.ts";

/** Time between looks, ms. */
const everyMs = 125;
/** Shares of its limit at which a worker collects its garbage: when it has no job, and at once. */
const collectRatio = 0.75;
const collectNowRatio = 0.85;
/** Shortest time between two collections of one worker, ms. */
const collectEveryMs = 5_000;

/** What follows from a look. */
export interface WatchEffects {
  links(): readonly WorkerLink[];
  condemn(link: WorkerLink, because: string): void;
  /** Takes no more jobs and ends when its jobs have. */
  drain(link: WorkerLink, because: string): void;
  warn(code: string, message: string): void;
}

interface Alone {
  readonly job: Job;
  group: JobGroup | null;
  /** Its process is not what it was: another job must not have it. */
  isMarked: boolean;
}

/** Looks after the memory of one pool's workers. */
export class WorkerWatch {
  /** Most memory of a worker with several jobs; null: no limit. */
  readonly limitBytes: number | null;
  readonly #alone = new Map<WorkerLink, Alone>();
  readonly #collectedMs = new WeakMap<WorkerLink, number>();
  readonly #clock: Clock;
  readonly #host: Host;
  readonly #trees: Trees;
  readonly #solo: Solo;
  readonly #effects: WatchEffects;
  #disarm: (() => void) | null = null;

  /** Sees workers through the ports. */
  constructor(
    ports: { readonly clock: Clock; readonly host: Host; readonly trees: Trees },
    solo: Solo,
    limitBytes: number | null,
    effects: WatchEffects,
  ) {
    this.#clock = ports.clock;
    this.#host = ports.host;
    this.#trees = ports.trees;
    this.#solo = solo;
    this.limitBytes = limitBytes;
    this.#effects = effects;
    if (limitBytes !== null) this.#arm();
  }

  /** Workers with a task that runs alone as it has limits. */
  get alone(): ReadonlyMap<WorkerLink, { readonly job: Job }> {
    return this.#alone;
  }

  /** A task with limits was begun: from now on its worker is held to them. */
  began(link: WorkerLink, job: Job): void {
    if (!job.limits || link.grant.kind !== "task" || link.pid === null) return;
    const alone: Alone = { job, group: null, isMarked: false };
    this.#alone.set(link, alone);
    this.#hold(link.pid, alone).catch((error: Error) =>
      this.#effects.warn("limit_not_held", `The limits of a job are not held: ${error.message}`)
    );
    this.#arm();
  }

  /** The limits of a task that runs alone have changed. */
  async relimit(job: Job, before: Limits): Promise<void> {
    for (const [link, alone] of this.#alone) {
      if (alone.job !== job || link.pid === null) continue;
      await this.#hold(link.pid, alone, before);
    }
  }

  /** A job has ended: what held its worker to its limits can't be taken off a running process. */
  ended(link: WorkerLink, job: Job): void {
    const alone = this.#alone.get(link);
    if (alone?.job !== job) return;
    this.gone(link);
    if (alone.isMarked) this.#effects.drain(link, "was held to a job's limits");
  }

  /** A worker is gone. */
  gone(link: WorkerLink): void {
    this.#alone.get(link)?.group?.end();
    this.#alone.delete(link);
  }

  /** Forgets all workers. */
  close(): void {
    this.#disarm?.();
    for (const link of [...this.#alone.keys()]) this.gone(link);
  }

  /** A group is for its CPU time and its disks; its memory is looked at. */
  async #hold(pid: number, alone: Alone, before: Limits = {}): Promise<void> {
    const { memoryBytes: _, ...limits } = alone.job.limits ?? {};
    if (Object.keys(limits).length > 0) alone.isMarked = true;
    if (alone.group) alone.group.limit(limits);
    else {
      alone.group = this.#trees.group(limits);
      alone.group?.add(pid);
    }
    const turn = pid; // Any number that differs from worker to worker.
    const [held, was] = [limits, before].map((each) =>
      alone.group?.holdsCpu ? each : pinned(each, this.#trees, turn)
    );
    await this.#trees.hold([pid], held!, was!);
  }

  #arm(): void {
    this.#disarm ??= this.#clock.at(this.#clock.nowMs() + everyMs, () => {
      this.#disarm = null;
      this.#look();
      if (this.limitBytes !== null || this.#alone.size > 0) this.#arm();
    });
  }

  #look(): void {
    for (const [link, { job }] of this.#alone) {
      const { memoryBytes } = job.limits ?? {};
      if (memoryBytes !== undefined) this.#weigh(link, memoryBytes);
    }
    const { limitBytes } = this;
    if (limitBytes === null) return;
    for (const link of this.#effects.links()) {
      const own = this.#alone.get(link)?.job.limits?.memoryBytes;
      if (own === undefined && link.welcomed) this.#weigh(link, limitBytes);
    }
  }

  #weigh(link: WorkerLink, limitBytes: number): void {
    const bytes = link.pid === null ? null : this.#host.residentBytes(link.pid);
    if (bytes === null) return;
    link.residentBytes = bytes;
    if (bytes > limitBytes) return this.#end(link, overLimit(bytes, limitBytes));
    if (bytes >= collectRatio * limitBytes && this.#mayCollect(link)) {
      link.collect(bytes >= collectNowRatio * limitBytes);
    }
  }

  #mayCollect(link: WorkerLink): boolean {
    const nowMs = this.#clock.nowMs();
    if (nowMs - (this.#collectedMs.get(link) ?? -Infinity) < collectEveryMs) return false;
    this.#collectedMs.set(link, nowMs);
    return true;
  }

  /** The one job in it is to blame. Of several nobody knows who it was: each will run alone. */
  #end(link: WorkerLink, because: string): void {
    const job = link.running === 1 ? link.slots.only() : null;
    if (job) {
      this.#solo.last(link, job);
      job.doomed ??= "oom";
      job.because ||= because;
      link.culprit = job;
    }
    this.#effects.condemn(link, `memory_limit: ${because}`);
  }
}
