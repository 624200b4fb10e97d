/**
 * The jobs that lie in one worker, by the small numbers they have on the wire.
 *
 * @module
 */
import { announcedMs } from "../messages/wire.ts";
import type { Job } from "./job.ts";
import type { Operation } from "./operation.ts";
import { Ring } from "./ring.ts";
import type { Stay } from "./stay.ts";

/** The jobs of a worker that has died. */
export interface Stranded {
  /** Those that may have killed it. */
  readonly suspects: Job[];
  /** Those that it had not begun, in order. */
  readonly innocents: Job[];
}

/** A table of jobs: first sent, then begun, then gone. */
export class Slots {
  /** Jobs begun and not finished. */
  running = 0;
  /** Earliest deadline of the begun jobs; may be too early, never too late. */
  deadlineMs = Infinity;
  readonly #jobs: (Job | null)[] = [];
  readonly #free: number[] = [];
  readonly #sent = new Ring<number>();
  /** Its jobs by operation. */
  readonly stays: (Stay | undefined)[] = [];
  /** Begun jobs that must give signs of progress. */
  readonly watched = new Set<Job>();
  /** Taken for begun before the worker has said so. */
  #presumed: Job | null = null;
  /** Begun, as the worker has announced; its next report will count them again. */
  #announced = 0;

  /** Jobs sent and not begun. */
  get unbegun(): number {
    return this.#sent.size;
  }

  /** The job in a slot; null when there is none. */
  at(slot: number): Job | null {
    return this.#jobs[slot] ?? null;
  }

  /** True while `job` lies here, begun or not. */
  has(job: Job): boolean {
    return job.slot >= 0 && this.#jobs[job.slot] === job;
  }

  /** The job that will be begun next, or after it (`index` 1); null when there is none. */
  next(index = 0): Job | null {
    const slot = this.#sent.at(index);
    return slot === undefined ? null : this.#jobs[slot] ?? null;
  }

  /** The jobs that were begun. */
  get begun(): Job[] {
    return this.#jobs.filter((job) => job?.state === "running") as Job[];
  }

  /** The one job that was begun; null where there are none or several. */
  only(): Job | null {
    return this.running === 1 ? this.#jobs.find((job) => job?.state === "running") ?? null : null;
  }

  /** Gives a job that is sent a slot. */
  put(job: Job): void {
    const slot = this.#free.pop() ?? this.#jobs.length;
    this.#jobs[slot] = job;
    job.slot = slot;
    this.#sent.push(slot);
  }

  /** Jobs that the worker may say it has begun. */
  get beginnable(): number {
    return this.#sent.size + this.#known;
  }

  /** A job holds the thread: it was begun, and the worker has said nothing since. */
  get isHeld(): boolean {
    return this.#known > 0;
  }

  /** Jobs that the next report counts and that are taken for begun already. */
  get #known(): number {
    return this.#announced + (this.#presumed ? 1 : 0);
  }

  /** The worker says what it begins at this moment; null when there are fewer than `count` jobs. */
  announce(count: number, nowMs: number): Job[] | null {
    // What was presumed was no more than a guess at the first of these.
    const guessed = this.#presumed ? 1 : 0;
    if (count > this.#sent.size + guessed) return null;
    this.#presumed = null;
    this.#announced += count;
    return this.#beginNext(count - guessed, nowMs);
  }

  /** Takes the next job for begun since `sinceMs`, until the worker itself says so. */
  presume(sinceMs: number): Job {
    return this.#presumed = this.#begin(sinceMs);
  }

  /**
   * The next `count` jobs in order were begun at `nowMs`. There must be as many; what was presumed
   * of them is not named again.
   */
  begin(count: number, nowMs: number): Job[] {
    const fresh = count - this.#known;
    this.#presumed = null;
    this.#announced = 0;
    return this.#beginNext(fresh, nowMs);
  }

  #beginNext(count: number, nowMs: number): Job[] {
    const jobs: Job[] = [];
    for (let left = count; left > 0; left--) jobs.push(this.#begin(nowMs));
    return jobs;
  }

  #begin(nowMs: number): Job {
    const job = this.#jobs[this.#sent.shift()!]!;
    job.state = "running";
    job.startedMs = nowMs;
    job.resources = null;
    if (job.timeoutMs > 0) this.deadlineMs = Math.min(this.deadlineMs, nowMs + job.timeoutMs);
    if (job.spec.progressTimeoutMs !== undefined) this.#watch(job, nowMs);
    this.running++;
    return job;
  }

  #watch(job: Job, nowMs: number): void {
    job.signMs = nowMs;
    this.watched.add(job);
  }

  /**
   * Takes a begun job out; null when there is no begun job in that slot. That a command had begun may
   * have been told late: it was at `latestMs`, or before.
   */
  finish(slot: number, latestMs = Infinity): Job | null {
    const job = this.#jobs[slot];
    if (!job || job.state !== "running") return null;
    if (job.operation.grant.kind === "command") {
      job.startedMs = Math.min(job.startedMs, Math.max(job.sentMs, latestMs));
    }
    if (job === this.#presumed) this.#presumed = null;
    if (this.watched.size > 0) this.watched.delete(job);
    this.#jobs[slot] = null;
    this.#free.push(slot);
    this.running--;
    return job;
  }

  /** Takes those of `slots` out that were not begun, in the order in which they were sent. */
  giveBack(slots: ReadonlySet<number>): Job[] {
    const jobs: Job[] = [];
    const presumed = this.#presumed;
    if (presumed && slots.has(presumed.slot) && this.finish(presumed.slot)) {
      presumed.startedMs = 0; // It was not begun after all.
      jobs.push(presumed);
    }
    for (let left = this.#sent.size; left > 0; left--) {
      const slot = this.#sent.shift()!;
      if (!slots.has(slot)) {
        this.#sent.push(slot);
        continue;
      }
      jobs.push(this.#jobs[slot]!);
      this.#jobs[slot] = null;
      this.#free.push(slot);
    }
    return jobs;
  }

  /**
   * Takes everything out when its worker has died. It told what it had begun only after a moment's
   * work, so the next `reach` may have been begun all the same.
   */
  strand(reach: number): Stranded {
    const unbegun: Job[] = [];
    for (let slot = this.#sent.shift(); slot !== undefined; slot = this.#sent.shift()) {
      unbegun.push(this.#jobs[slot]!);
      this.#jobs[slot] = null;
    }
    const begun = this.#jobs.filter((job) => job !== null);
    this.#jobs.length = this.#free.length = 0;
    this.#presumed = null;
    this.#announced = 0;
    this.watched.clear();
    this.running = 0;
    return { suspects: [...begun, ...unbegun.slice(0, reach)], innocents: unbegun.slice(reach) };
  }

  /** The operation of all begun jobs; null when there are several or none. */
  get operation(): Operation | null {
    const operations = new Set<Operation>();
    for (const job of this.#jobs) if (job?.state === "running") operations.add(job.operation);
    const [first = null] = operations;
    return operations.size === 1 ? first : null;
  }

  /**
   * The next job, when nothing was heard since `heardMs` for its time and `graceMs` more, and it may
   * be that which holds the thread: one with a short time would have been announced, and where jobs
   * run and nothing was announced it is one of those that goes on.
   */
  heldUp(heardMs: number, nowMs: number, graceMs: number): Job | null {
    const next = this.next();
    if (!next || next.timeoutMs <= announcedMs || this.#known === 0) return null;
    return nowMs - Math.max(heardMs, next.sentMs) >= next.timeoutMs + graceMs ? next : null;
  }

  /** Begun jobs whose time is over at `nowMs`; sets the next deadline. */
  overdue(nowMs: number): Job[] {
    if (nowMs < this.deadlineMs) return [];
    const late: Job[] = [];
    this.deadlineMs = Infinity;
    for (const job of this.#jobs) {
      if (!job || job.state !== "running" || job.timeoutMs === 0 || job.doomed) continue;
      const untilMs = job.startedMs + job.timeoutMs;
      if (untilMs <= nowMs && !job.allowance?.goesOn(job, nowMs)) late.push(job);
      else if (job.timeoutMs > 0) {
        this.deadlineMs = Math.min(this.deadlineMs, job.startedMs + job.timeoutMs);
      }
    }
    return late;
  }
}
