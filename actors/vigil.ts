/**
 * Watches over workers and their jobs: time limits, signs of life, processes that were stopped.
 *
 * @module
 */
import { Due } from "./due.ts";
import type { Job } from "./job.ts";
import type { Clock, Host } from "./ports.ts";
import type { WorkerLink } from "./worker.ts";

/** Time a job has between being asked to end and being ended, ms. */
export const graceMs = 5_000;
/** A worker without a begun job that says nothing for this long is hung, ms. */
const silentMs = 5_000;
/** A worker that was seen stopped for this long is as good as dead, ms. */
const stoppedMs = 5_000;
/** A worker is asked for a sign of life after this much silence, ms. */
const quietMs = 1_000;
/** A look that comes later than this after the last one means that we were frozen, ms. */
const gapMs = 3_000;

/** What follows from a look. */
export interface VigilEffects {
  links(): readonly WorkerLink[];
  condemn(link: WorkerLink, because: string): void;
  /** Takes no more jobs and ends when its jobs have. */
  drain(link: WorkerLink, because: string): void;
}

/** Looks after the workers of one pool. */
export class Vigil {
  readonly #clock: Clock;
  readonly #host: Host;
  readonly #effects: VigilEffects;
  readonly #due: Due;
  #lookedMs: number;
  #nonce = 0;
  #armedMs = Infinity;

  /** Sees processes through `host`. */
  constructor(clock: Clock, host: Host, effects: VigilEffects) {
    this.#clock = clock;
    this.#host = host;
    this.#effects = effects;
    this.#due = new Due(clock);
    this.#lookedMs = clock.nowMs();
  }

  /** Looks at every worker; to be called each second. */
  look(): void {
    const nowMs = this.#clock.nowMs();
    const frozen = nowMs - this.#lookedMs > gapMs;
    this.#lookedMs = nowMs;
    for (const link of this.#effects.links()) {
      // It was we who were away; everyone gets a fresh start.
      if (frozen) {
        link.heardMs = nowMs;
        link.stoppedSinceMs = Infinity;
      }
      this.#lookAt(link, nowMs);
    }
  }

  /** Jobs with a time limit were begun on `link`. */
  began(link: WorkerLink): void {
    if (link.slots.deadlineMs >= this.#armedMs) return;
    this.#armedMs = link.slots.deadlineMs;
    this.#due.at(link.slots.deadlineMs, () => this.#overdue());
  }

  /** A job that was sent was asked to end; see to it that it does. */
  asked(link: WorkerLink, job: Job, because: string): void {
    link.abort(job, because);
    this.#expectEnd(link, job, because);
  }

  /** Forgets all deadlines. */
  close(): void {
    this.#due.clear();
  }

  #overdue(): void {
    this.#armedMs = Infinity;
    const nowMs = this.#clock.nowMs();
    for (const link of this.#effects.links()) {
      for (const job of link.slots.overdue(nowMs)) {
        job.doomed = "timedOut";
        this.asked(link, job, "timeout");
      }
      if (link.slots.deadlineMs < Infinity) this.began(link);
    }
  }

  #expectEnd(link: WorkerLink, job: Job, because: string): void {
    const { attempt } = job;
    const wasBegun = job.state === "running";
    // A command worker kills the command itself when the grace is over.
    const untilMs = this.#clock.nowMs() + graceMs + (link.grant.kind === "command" ? 2_000 : 0);
    this.#due.at(untilMs, () => {
      if (!link.has(job) || job.attempt !== attempt) return;
      // A job that could not end as it was not begun is not to blame, nor is who holds the thread.
      if (!wasBegun) return this.#expectEnd(link, job, because);
      link.culprit = job;
      this.#escalate(link, `${name(job)} did not end when asked: ${because}`);
    });
  }

  /** Its other jobs get time to end if its loop still turns; else they go with it. */
  #escalate(link: WorkerLink, because: string): void {
    if (link.running === 1) return this.#effects.condemn(link, because);
    const askedMs = this.#clock.nowMs();
    this.#effects.drain(link, because);
    link.ping(++this.#nonce);
    this.#due.at(askedMs + quietMs, () => {
      if (link.running > 0 && link.heardMs < askedMs) this.#effects.condemn(link, because);
    });
  }

  #lookAt(link: WorkerLink, nowMs: number): void {
    if (!link.welcomed || link.pid === null) return;
    link.residentBytes = this.#host.residentBytes(link.pid);
    const state = this.#host.processState(link.pid);
    if (state === "T") {
      link.stoppedSinceMs = Math.min(link.stoppedSinceMs, nowMs);
      if (nowMs - link.stoppedSinceMs >= stoppedMs) {
        return this.#effects.condemn(link, "was stopped for 5 s");
      }
    } else link.stoppedSinceMs = Infinity;
    if (state !== "T") {
      link.presume(nowMs, quietMs);
      const next = link.slots.heldUp(link.heardMs, nowMs, graceMs);
      // It holds the thread past its time, or a neighbour does so: alone each of them will show.
      if (next) {
        return this.#effects.condemn(link, `held its thread past the time of ${name(next)}`);
      }
    }
    const silent = nowMs - link.heardMs;
    // A busy thread is never a reason: only one without a begun job owes us an answer.
    if (silent >= silentMs && link.running === 0 && state !== "T") {
      return this.#effects.condemn(link, `was silent for ${Math.round(silent)} ms`);
    }
    if (silent >= quietMs) link.ping(++this.#nonce);
  }
}

const name = ({ id }: Job) => `job j${id.toString(36)}`;
