/**
 * How long a job may run by what others of its operation took.
 *
 * @module
 */
import {
  hangs,
  type LearntLimit,
  learntLimit,
  type LearntTimeoutRules,
  type Lengths,
} from "../policies/limits/learnt_timeout.ts";

/** What is changed of a job. */
interface Held {
  readonly state: string;
  readonly startedMs: number;
  timeoutMs: number;
}

/** One operation. */
export interface Pace {
  readonly name: string;
  readonly lengths: Lengths;
  /** While it hangs, one may go on to the configured limit: nothing else tells when that is over. */
  tried: Held | null;
  /** Monotonic. */
  usedMs: number;
}

/** Who knows the rules and hears what came of them. */
interface Teacher {
  rulesOf(operation: string): LearntTimeoutRules | null;
  cut(pace: Pace, limitMs: number, rules: LearntTimeoutRules): void;
}

/** The time of one job. */
export class Allowance {
  readonly pace: Pace;
  readonly #teacher: Teacher;
  /** The configured limit, 0: none. */
  readonly #mostMs: number;
  readonly #isFree: boolean;
  /** What its present limit was learnt from; null: that is the configured one. */
  #learnt: (LearntLimit & { readonly p99Times: number }) | null = null;

  /** For a job that was to have `mostMs` (0: any time), and no more but no less unless it is free. */
  constructor(teacher: Teacher, pace: Pace, mostMs: number, isFree: boolean) {
    this.#teacher = teacher;
    this.pace = pace;
    this.#mostMs = mostMs;
    this.#isFree = isFree;
  }

  /** Its limit from now on, ms; 0: none. */
  limitMs(rules = this.#teacher.rulesOf(this.pace.name)): number {
    const learnt = this.#isFree && rules ? learntLimit(this.pace.lengths, rules) : null;
    const isShorter = learnt !== null && (this.#mostMs === 0 || learnt.limitMs < this.#mostMs);
    this.#learnt = isShorter ? { ...learnt, p99Times: rules!.p99Times } : null;
    return isShorter ? learnt.limitMs : this.#mostMs;
  }

  /**
   * The time of its running job is over: whether it may go on, as more has been learnt meanwhile or
   * it is the one that is tried.
   */
  goesOn(job: Held, nowMs: number): boolean {
    const rules = this.#teacher.rulesOf(this.pace.name);
    // Said as the deadline is: one that seems to be ahead and is not would be looked at for ever.
    const isAhead = (limitMs: number) => limitMs === 0 || job.startedMs + limitMs > nowMs;
    job.timeoutMs = this.limitMs(rules);
    if (isAhead(job.timeoutMs)) return true;
    if (this.#learnt === null) return false;
    if (this.#isTried(job)) {
      this.#learnt = null;
      job.timeoutMs = this.#mostMs;
      return isAhead(this.#mostMs);
    }
    this.#teacher.cut(this.pace, job.timeoutMs, rules!);
    return false;
  }

  /** Whether its limit is another one than was configured. */
  get isLearnt(): boolean {
    return this.#learnt !== null;
  }

  /** Its limit and what that was learnt from; null: it is the configured one. */
  get words(): string | null {
    if (this.#learnt === null) return null;
    const { limitMs, p99Ms, attempts, p99Times } = this.#learnt;
    const p99 = `the 99th percentile (${Number(p99Ms.toPrecision(3))} ms)`;
    return `${limitMs} ms, learnt of ${attempts} attempts of ${this.pace.name}: ` +
      `${p99Times} times ${p99}`;
  }

  #isTried(job: Held): boolean {
    const { pace } = this;
    if (!hangs(pace.lengths)) return false;
    if (pace.tried === null || pace.tried.state !== "running") pace.tried = job;
    return pace.tried === job;
  }
}
