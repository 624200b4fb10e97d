/**
 * Time as the judge spent it. A judge that was stopped, with its machine or alone, has waited for
 * nobody: what it sees when it comes back is no lateness of the service.
 *
 * @module
 */

/** Time from one look to the next that counts at most, ms. */
const countedMs = 1_000;

/** Time between two looks, ms. */
const lookMs = 100;

/** A limit of time, over when it is disposed. */
export interface Limit extends Disposable {
  /** Aborted when the time is up. */
  readonly signal: AbortSignal;
}

/** Counts the time in which we were awake, from 0. */
export class AwakeClock implements Disposable {
  readonly #now: () => number;
  readonly #looking: ReturnType<typeof setInterval>;
  #seenMs: number;
  #awakeMs = 0;

  /** Begins to count by a clock that goes on while nobody is awake. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
    this.#seenMs = now();
    this.#looking = setInterval(() => this.nowMs(), lookMs);
  }

  /** Time so far, ms. */
  nowMs(): number {
    const nowMs = this.#now();
    this.#awakeMs += Math.min(nowMs - this.#seenMs, countedMs);
    this.#seenMs = nowMs;
    return this.#awakeMs;
  }

  /** A limit of so much time from now on. */
  limit(ms: number): Limit {
    const end = new AbortController();
    const endMs = this.nowMs() + ms;
    const look = () => {
      const leftMs = endMs - this.nowMs();
      if (leftMs > 0) return void (timer = setTimeout(look, leftMs));
      end.abort(new DOMException(`not within ${ms} ms`, "TimeoutError"));
    };
    let timer = setTimeout(look, ms);
    return { signal: end.signal, [Symbol.dispose]: () => clearTimeout(timer) };
  }

  [Symbol.dispose](): void {
    clearInterval(this.#looking);
  }
}
