/**
 * One breaker: its machine, what it has not been told yet, and the jobs that it holds.
 *
 * @module
 */
import type { AnyActorRef } from "xstate";
import type { BreakerSnapshot } from "../../machines/breaker.ts";
import type { BreakerMessage } from "../../messages/mailboxes.ts";
import type { Job } from "../job.ts";
import type { Clock } from "../ports.ts";
import { Row } from "../turns/row.ts";
import type { BreakerRules } from "./rules.ts";

/** Places of jobs that left by another way than in their turn, before they are cleared away. */
const goneMax = 1_024;

/** A message without the time. */
type Told = BreakerMessage extends infer M ? M extends BreakerMessage ? Omit<M, "nowMs"> : never
  : never;

/** The breaker of an operation or of a host. */
export class Circuit {
  /** `operation:NAME` or `host:NAME`. */
  readonly name: string;
  readonly rules: BreakerRules;
  /** The job that is tried while it is half open. */
  probe: Job | null = null;
  /** Jobs that it holds. */
  held = 0;
  /** When it last heard of a bad or slow end, monotonic ms. */
  badMs: number;
  #actor: AnyActorRef | null = null;
  #snapshot: BreakerSnapshot | null = null;
  /** Ends that the machine was not told of. */
  #news = { good: 0, slow: 0, bad: 0 };
  readonly #row: Row<Job>;
  readonly #clock: Pick<Clock, "nowMs">;

  /** `holds` tells whether it still holds a job. */
  constructor(
    name: string,
    rules: BreakerRules,
    clock: Pick<Clock, "nowMs">,
    holds: (job: Job, circuit: Circuit) => boolean,
  ) {
    this.name = name;
    this.rules = rules;
    this.badMs = clock.nowMs();
    this.#clock = clock;
    this.#row = new Row((job) => holds(job, this));
  }

  /** Its machine now; null before its start. */
  get snapshot(): BreakerSnapshot | null {
    return this.#snapshot;
  }

  /** Its id among actors. */
  get id(): string {
    return `breaker.${this.name}`;
  }

  /** Jobs go, and are counted. */
  get isClosed(): boolean {
    return this.#snapshot?.matches("closed") ?? true;
  }

  /** The next job is the probe. */
  get isReady(): boolean {
    return this.probe === null && (this.#snapshot?.matches({ halfOpen: "ready" }) ?? false);
  }

  /** Whether a job may go. */
  admits(job: Job): boolean {
    return this.isClosed || this.isReady || this.probe === job;
  }

  /** A life of its machine begins, or has made a step. */
  is(actor: AnyActorRef, snapshot: BreakerSnapshot): void {
    this.#actor = actor;
    this.#snapshot = snapshot;
  }

  /** Tells the machine; time is added. */
  tell(message: Told): void {
    this.#actor?.send({ ...message, nowMs: this.#clock.nowMs() });
  }

  /** An attempt has ended; the machine is told at once if it was the probe, or when news are told. */
  ended(job: Job, how: "good" | "slow" | "bad"): void {
    if (how !== "good") this.badMs = this.#clock.nowMs();
    if (this.probe === job) {
      this.probe = null;
      if (how === "bad") this.tell({ type: "failed" });
      else this.tell({ type: "succeeded", slow: how === "slow" ? 1 : 0 });
    } else if (this.isClosed) this.#news[how]++;
  }

  /** Tells the machine what has ended since the last time. */
  tellNews(): void {
    const { good, slow, bad } = this.#news;
    this.#news = { good: 0, slow: 0, bad: 0 };
    if (good + slow > 0) this.tell({ type: "succeeded", calls: good + slow, slow });
    if (bad > 0) this.tell({ type: "failed", calls: bad });
  }

  /** It is closed, and nothing bad was heard for as long as it counts. */
  isQuiet(nowMs: number): boolean {
    return this.isClosed && this.held === 0 && nowMs - this.badMs > 2 * this.rules.windowMs;
  }

  /** Holds a job. */
  hold(job: Job): void {
    this.held++;
    this.#row.add(job);
  }

  /** A job that it held has left. */
  forget(): void {
    this.held--;
    if (this.#row.size - this.held > Math.max(goneMax, this.held)) this.#row.clear();
  }

  /** The job that it lets go next. */
  get next(): Job | undefined {
    return this.held === 0 ? undefined : this.#row.first;
  }

  /** How many go before a job that it holds. */
  ahead(job: Job): number {
    return this.#row.ahead(job);
  }
}
