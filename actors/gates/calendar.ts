/**
 * Holds jobs until their instant by the wall clock.
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
  readonly #agenda = new Agenda();
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
    return this.#agenda.size;
  }

  concerns({ spec: { runAt, delayMs } }: Job): boolean {
    return runAt !== undefined || delayMs !== undefined;
  }

  enter(job: Job): boolean {
    const at = dueAt(job.spec, job.acceptedAt)!;
    if (at <= this.#clock.wallMs()) return true;
    job.state = "scheduled";
    this.scheduled++;
    this.#agenda.push(at, job.id);
    this.#arm();
    return false;
  }

  take(): boolean {
    return true;
  }

  leave(job: Job): void {
    if (job.heldBy !== this) return;
    this.scheduled--;
    if (this.#agenda.size - this.scheduled <= Math.max(goneMax, this.scheduled)) return;
    this.#agenda.keep((id) => id !== job.id && this.#open.get(id)?.heldBy === this);
  }

  why({ spec, acceptedAt }: Job): Hold {
    const at = dueAt(spec, acceptedAt)!;
    return {
      gate: "scheduled",
      because: `It is to begin at ${new Date(at).toISOString()}`,
      ahead: null,
      untilMs: this.#clock.nowMs() + at - this.#clock.wallMs(),
    };
  }

  /** Lets nobody go any more. */
  close(): void {
    this.#disarm();
    this.#agenda.clear();
  }

  #arm(): void {
    const { firstAt } = this.#agenda;
    if (firstAt === Infinity) return;
    const waitMs = Math.max(0, firstAt - this.#clock.wallMs());
    const untilMs = this.#clock.nowMs() + Math.min(waitMs, lookEveryMs);
    if (untilMs >= this.#armedMs) return;
    this.#disarm();
    this.#armedMs = untilMs;
    this.#disarm = this.#clock.at(untilMs, () => this.#look());
  }

  #look(): void {
    this.#armedMs = Infinity;
    const wallMs = this.#clock.wallMs();
    try {
      for (let n = 0; n < turnMost && this.#agenda.firstAt <= wallMs; n++) {
        const job = this.#open.get(this.#agenda.pop()!);
        if (job?.heldBy !== this) continue;
        this.scheduled--;
        job.dueMs = this.#clock.nowMs();
        this.#begin(job);
      }
    } finally {
      this.#arm();
    }
  }
}
