/**
 * Holds jobs until their instant: one that was named, by the wall clock, or so long after they came.
 *
 * @module
 */
import { dueAt } from "../due_at.ts";
import type { Job } from "../job.ts";
import type { Numbered } from "../numbered.ts";
import type { Clock } from "../ports.ts";
import { Agenda } from "./agenda.ts";
import type { Gate, Hold } from "./gate.ts";

/**
 * Longest time between two looks at the wall clock, ms: it may be set, and while the machine sleeps
 * the monotonic clock stands still.
 */
const lookEveryMs = 30_000;
/** Jobs that are let go in one turn of the loop; a million may be due at once. */
const turnMost = 1_000;
/** Places of jobs that left, before they are cleared away. */
const goneMax = 1_024;

/** Jobs for later by instant, and one timer. */
export class Calendar implements Gate<Job> {
  /** Jobs that wait for their instant. */
  scheduled = 0;
  /** Those with an instant of the wall, and those with a delay by the monotonic clock. */
  readonly #agenda = new Agenda();
  readonly #delays = new Agenda();
  /** Those whose delay is over, however the wall clock is set. */
  readonly #met = new WeakSet<Job>();
  #armedMs = Infinity;
  #disarm: () => void = () => {};
  readonly #clock: Clock;
  readonly #open: Pick<Numbered<Job>, "get">;
  readonly #begin: (job: Job) => void;

  /** For jobs as long as they are in `open`; `begin` leads one on whose instant has come. */
  constructor(clock: Clock, open: Pick<Numbered<Job>, "get">, begin: (job: Job) => void) {
    this.#clock = clock;
    this.#open = open;
    this.#begin = begin;
  }

  /** Places held, by jobs that wait or did so. */
  get places(): number {
    return this.#agenda.size + this.#delays.size;
  }

  concerns({ spec: { runAt, delayMs } }: Job): boolean {
    return runAt !== undefined || delayMs !== undefined;
  }

  enter(job: Job): boolean {
    const { delayMs } = job.spec;
    if (delayMs !== undefined && this.#met.has(job)) return true;
    const at = dueAt(job.spec, job.acceptedAt)!;
    const waitMs = at - this.#clock.wallMs();
    if (waitMs <= 0) {
      if (delayMs !== undefined) this.#met.add(job);
      return true;
    }
    job.state = "scheduled";
    this.scheduled++;
    if (delayMs === undefined) this.#agenda.push(at, job.id);
    else {
      // A clock that was set back since an earlier life adds nothing.
      job.dueMs = this.#clock.nowMs() + Math.min(waitMs, delayMs);
      this.#delays.push(job.dueMs, job.id);
    }
    this.#arm();
    return false;
  }

  take(): boolean {
    return true;
  }

  leave(job: Job): void {
    if (job.heldBy !== this) return;
    this.scheduled--;
    if (this.places - this.scheduled <= Math.max(goneMax, this.scheduled)) return;
    for (const agenda of [this.#agenda, this.#delays]) {
      agenda.keep((id) => id !== job.id && this.#open.get(id)?.heldBy === this);
    }
  }

  why({ spec, acceptedAt, dueMs }: Job): Hold {
    const aheadMs = this.#clock.wallMs() - this.#clock.nowMs();
    const at = spec.delayMs === undefined ? dueAt(spec, acceptedAt)! : Math.round(dueMs + aheadMs);
    return {
      gate: "scheduled",
      because: `It is to begin at ${new Date(at).toISOString()}`,
      ahead: null,
      untilMs: spec.delayMs === undefined ? at - aheadMs : dueMs,
    };
  }

  /** Lets nobody go any more. */
  close(): void {
    this.#disarm();
    this.#agenda.clear();
    this.#delays.clear();
  }

  #arm(): void {
    const { firstAt } = this.#agenda;
    const nowMs = this.#clock.nowMs();
    const waitMs = Math.max(0, firstAt - this.#clock.wallMs());
    const lookMs = firstAt === Infinity ? Infinity : nowMs + Math.min(waitMs, lookEveryMs);
    const untilMs = Math.min(lookMs, Math.max(nowMs, this.#delays.firstAt));
    if (untilMs >= this.#armedMs) return;
    this.#disarm();
    this.#armedMs = untilMs;
    this.#disarm = this.#clock.at(untilMs, () => this.#look());
  }

  #look(): void {
    this.#armedMs = Infinity;
    const [nowMs, wallMs] = [this.#clock.nowMs(), this.#clock.wallMs()];
    try {
      for (let n = 0; n < turnMost; n++) {
        const isDelay = this.#agenda.firstAt > wallMs;
        if (isDelay && this.#delays.firstAt > nowMs) return;
        const job = this.#open.get((isDelay ? this.#delays : this.#agenda).pop()!);
        if (job?.heldBy !== this) continue;
        this.scheduled--;
        job.dueMs = nowMs;
        if (isDelay) this.#met.add(job);
        this.#begin(job);
      }
    } finally {
      this.#arm();
    }
  }
}
