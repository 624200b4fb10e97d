/** A clock that tests turn by hand. */
import { setImmediate } from "node:timers";
import type { Clock } from "../actors/ports.ts";

/** Time stands still except in `advance`. */
export class ManualClock implements Clock {
  #nowMs = 0;
  readonly #startAt: number;
  readonly #timers = new Set<{ readonly untilMs: number; readonly fn: () => void }>();

  /** At `startAt`, epoch ms. */
  constructor(startAt = 1_700_000_000_000) {
    this.#startAt = startAt;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  wallMs(): number {
    return this.#startAt + this.#nowMs;
  }

  at(untilMs: number, fn: () => void): () => void {
    const timer = { untilMs, fn };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Timers that wait to be called. */
  get pending(): number {
    return this.#timers.size;
  }

  /** Lets `ms` pass without calling anything, as while a machine is suspended. */
  skip(ms: number): void {
    this.#nowMs += ms;
  }

  /** Lets `ms` pass: calls what becomes due in its order, and lets promises settle after each. */
  async advance(ms: number): Promise<void> {
    const untilMs = this.#nowMs + ms;
    await Promise.resolve(); // What was begun in this turn ends in it.
    while (this.#ring(untilMs)) await settled();
    this.#nowMs = untilMs;
    await settled();
  }

  /** The same where nothing is awaited in between: promises settle at the end, so a day is short. */
  async rush(ms: number): Promise<void> {
    const untilMs = this.#nowMs + ms;
    while (this.#ring(untilMs));
    this.#nowMs = untilMs;
    await settled();
  }

  /** Calls what is due next; false where nothing is until then. */
  #ring(untilMs: number): boolean {
    let due: { readonly untilMs: number; readonly fn: () => void } | null = null;
    for (const timer of this.#timers) {
      if (timer.untilMs <= untilMs && (due === null || timer.untilMs < due.untilMs)) due = timer;
    }
    if (due === null) return false;
    this.#timers.delete(due);
    this.#nowMs = Math.max(this.#nowMs, due.untilMs);
    due.fn();
    return true;
  }
}

/** Resolves when all promises that can go on have gone on. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
