/**
 * The order in which jobs that wait are begun: the policy in force, and how long jobs of each
 * operation usually run, where it asks for that.
 *
 * @module
 */
import type { Outcome } from "../messages/outcome.ts";
import { type Ewma, smooth, unmeasured } from "../policies/estimators/ewma.ts";
import { bindOrdering, type Ordering } from "../policies/ordering/mod.ts";
import { type Job, operationOf } from "./job.ts";

/** Operations whose times are known; the one learned first makes room. */
const operationsMax = 1_000;
/** What the latest run counts against all before it. */
const weight = 0.1;

/** Shared by all lanes of a pool. */
export class Sequence {
  ordering: Ordering = bindOrdering();
  readonly #times = new Map<string, Ewma>();
  #overall = unmeasured;

  /** Another policy orders jobs from now on, those too that wait already. */
  adopt(name: string, options: unknown = {}): void {
    this.ordering = bindOrdering(name, options);
  }

  /** Learns how long a job ran, where the order depends on it. */
  learn(job: Job, { type, durationMs, cache }: Outcome): void {
    if (!this.ordering.expects || type !== "done" || cache !== undefined) return;
    const name = operationOf(job.spec);
    const known = this.#times.get(name);
    if (known === undefined && this.#times.size >= operationsMax) {
      this.#times.delete(this.#times.keys().next().value!);
    }
    this.#times.set(name, smooth(known ?? unmeasured, durationMs, weight));
    this.#overall = smooth(this.#overall, durationMs, weight);
  }

  /** How long a job is expected to run, ms; one of an operation nobody has seen runs as all do. */
  readonly expectedMs = ({ spec }: Job): number =>
    (this.#times.get(operationOf(spec)) ?? this.#overall).value ?? 0;

  /** Negative where `one` goes first, 0 where neither does. */
  compare(one: Job, other: Job, nowMs: number): number {
    return this.ordering.compare(one, other, nowMs, this.expectedMs);
  }
}

/** Counts turns: one of so many is for jobs that were left behind. */
export class Turnstile {
  #passed = 0;
  /**
   * Their next turn is for one of the best class that waits, else for one of a worse class; each
   * time the other way, as one kind may be too many for all these turns.
   */
  inClass = false;

  /** The next turn is theirs, where one of `turns` is. */
  isOwed(turns: number): boolean {
    return this.#passed >= turns - 1;
  }

  /** A job was taken; `wasOwed`: they had that turn, or there were none. */
  pass(wasOwed: boolean): void {
    this.#passed = wasOwed ? 0 : this.#passed + 1;
    if (wasOwed) this.inClass = !this.inClass;
  }
}
