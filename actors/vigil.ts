/**
 * Watches over workers and their jobs: time limits, signs of life, processes that were stopped.
 *
 * @module
 */
import type { Doom } from "./doom.ts";
import { Due } from "./due.ts";
import { type Job, jobId } from "./job.ts";
import { type PatientClock, patientClock } from "./patient_clock.ts";
import type { Clock, Host } from "./ports.ts";
import { Progress } from "./progress.ts";
import type { WorkerLink } from "./worker.ts";

/** Time a job has between being asked to end and being ended, ms. */
export const graceMs = 5_000;
/** A worker without a begun job that says nothing for this long is hung, ms. */
const silentMs = 5_000;
/** A worker seen stopped for this long is as good as dead, ms. It was stopped up to 1 s before. */
const stoppedMs = 4_500;
/** A worker is asked for a sign of life after this much silence, ms. */
const quietMs = 1_000;
/** A look that comes later than this after the last one means that we were frozen, ms. */
const gapMs = 3_000;
/** Time between two looks for threads: they cost 10 times as much as the others, ms. */
const threadsEveryMs = 5_000;

/** What follows from a look. */
export interface VigilEffects {
  links(): readonly WorkerLink[];
  condemn(link: WorkerLink, because: string): void;
  /** Takes no more jobs and ends when its jobs have. */
  drain(link: WorkerLink, because: string): void;
}

/** Looks after the workers of one pool. */
export class Vigil {
  readonly #clock: PatientClock;
  readonly #host: Host;
  readonly #effects: VigilEffects;
  readonly #due: Due;
  #lookedMs: number;
  #nonce = 0;
  #armedMs = Infinity;
  /** When threads are looked for again. */
  #threadsMs = 0;
  readonly #progress: Progress;

  /** Sees processes through `host`. */
  constructor(clock: Clock, host: Host, effects: VigilEffects) {
    this.#clock = patientClock(clock);
    this.#host = host;
    this.#effects = effects;
    this.#due = new Due(this.#clock);
    this.#lookedMs = clock.nowMs();
    this.#progress = new Progress(clock, this.#due, {
      ask: (link) => link.ping(++this.#nonce),
      stalled: (link, job) => this.#end(link, job, "stalled", "no progress"),
      heldUp: (link, job) => effects.condemn(link, `held its thread while ${name(job)} was due`),
    });
  }

  /**
   * Looks at every worker; to be called each second. Returns those whose tasks run threads of their
   * own, of which no denial is heard.
   */
  look(): readonly WorkerLink[] {
    const nowMs = this.#clock.nowMs();
    const frozen = nowMs - this.#lookedMs > gapMs;
    this.#lookedMs = nowMs;
    if (frozen) this.#clock.back();
    for (const link of this.#effects.links()) {
      // It was we who were away; everyone gets a fresh start.
      if (frozen) {
        link.heardMs = nowMs;
        link.stoppedSinceMs = Infinity;
      }
      this.#lookAt(link, nowMs);
    }
    if (nowMs < this.#threadsMs) return [];
    this.#threadsMs = nowMs + threadsEveryMs;
    return this.#effects.links().filter(({ pid, welcomed, grant: { kind, flags } }) =>
      welcomed && pid !== null && kind === "task" && flags.includes("--deny-run") &&
      this.#host.scriptThreads(pid) > 0
    );
  }

  /** Jobs were begun on `link`; some may have limits. */
  began(link: WorkerLink): void {
    if (link.slots.watched.size > 0) this.#progress.began(link);
    this.#arm(link.slots.deadlineMs);
  }

  #arm(deadlineMs: number): void {
    if (deadlineMs >= this.#armedMs) return;
    this.#armedMs = deadlineMs;
    this.#due.at(deadlineMs, () => this.#overdue());
  }

  /** Ends a begun job for a reason of our own. */
  #end(link: WorkerLink, job: Job, doomed: Doom, because: string): void {
    job.doomed = doomed;
    this.asked(link, job, because);
  }

  /** A job that was sent was asked to end; see to it that it does. */
  asked(link: WorkerLink, job: Job, because: string): void {
    link.abort(job, because);
    link.ping(++this.#nonce);
    this.#expectEnd(link, job, because);
  }

  /** Forgets all deadlines. */
  close(): void {
    this.#due.clear();
  }

  #overdue(): void {
    const nowMs = this.#clock.nowMs();
    // Others were set meanwhile: if each of these set the next ones too, they would double.
    if (nowMs < this.#armedMs) return;
    this.#armedMs = Infinity;
    let nextMs = Infinity;
    for (const link of this.#effects.links()) {
      for (const job of link.slots.overdue(nowMs)) {
        this.#end(link, job, "timedOut", "timeout");
      }
      nextMs = Math.min(nextMs, link.slots.deadlineMs);
    }
    this.#arm(nextMs);
  }

  #expectEnd(link: WorkerLink, job: Job, because: string): void {
    const { attempt } = job;
    const wasBegun = job.state === "running";
    const askedMs = this.#clock.nowMs();
    // A command worker kills the command itself when the grace is over.
    const untilMs = askedMs + graceMs + (link.grant.kind === "command" ? 2_000 : 0);
    this.#due.at(untilMs, () => {
      if (!link.slots.has(job) || job.attempt !== attempt) return;
      // A job that could not end as it was not begun is not to blame, nor is who holds the thread.
      if (!wasBegun) return this.#expectEnd(link, job, because);
      link.culprit = job;
      const turned = link.heardMs >= askedMs + quietMs;
      this.#escalate(link, turned, `${name(job)} did not end when asked: ${because}`);
    });
  }

  /** Its other jobs get time to end if its loop still turns; else they go with it. */
  #escalate(link: WorkerLink, turned: boolean, because: string): void {
    if (link.running === 1 || !turned) return this.#effects.condemn(link, because);
    const askedMs = this.#clock.nowMs();
    this.#effects.drain(link, because);
    link.ping(++this.#nonce);
    this.#due.at(askedMs + quietMs, () => {
      if (link.running > 0 && link.heardMs < askedMs) this.#effects.condemn(link, because);
    });
  }

  /** A worker that is still stopped is ended; who went on meanwhile starts from the beginning. */
  #stopped(link: WorkerLink): void {
    const nowMs = this.#clock.nowMs();
    const { startedPid: pid } = link;
    if (pid === null || nowMs - link.stoppedSinceMs < stoppedMs) return;
    if (this.#host.processState(pid) !== "T") return;
    this.#effects.condemn(link, "was stopped for 5 s");
  }

  #lookAt(link: WorkerLink, nowMs: number): void {
    const { startedPid: pid } = link;
    if (pid === null) return;
    const state = this.#host.processState(pid);
    if (state !== "T") {
      // What it has not begun it could not begin meanwhile.
      if (link.stoppedSinceMs < Infinity) link.heardMs = nowMs;
      link.stoppedSinceMs = Infinity;
    } else if (link.stoppedSinceMs === Infinity) {
      link.stoppedSinceMs = nowMs;
      this.#due.at(nowMs + stoppedMs, () => this.#stopped(link));
    }
    if (!link.welcomed) return; // It owes us nothing yet, and its start has a limit of its own.
    link.residentBytes = this.#host.residentBytes(pid);
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

const name = ({ id }: Job) => `job ${jobId(id)}`;
