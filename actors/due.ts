/**
 * Things that are due at some instant: a heap and one armed timer.
 *
 * @module
 */
import { Heap } from "./heap.ts";
import type { Clock } from "./ports.ts";

interface Entry {
  readonly atMs: number;
  readonly fn: () => void;
}

/** Calls each function once at its instant, earliest first. */
export class Due {
  readonly #heap = new Heap<Entry>((one, other) => one.atMs < other.atMs);
  #armedMs = Infinity;
  #disarm: () => void = () => {};
  readonly #clock: Clock;

  /** Uses `clock` for the one timer. */
  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Calls `fn` at `atMs`, monotonic. It can't be called off: `fn` looks whether it still matters. */
  at(atMs: number, fn: () => void): void {
    this.#heap.push({ atMs, fn });
    this.#arm();
  }

  /** Forgets everything. */
  clear(): void {
    this.#disarm();
    this.#heap.clear();
    this.#armedMs = Infinity;
  }

  #arm(): void {
    const next = this.#heap.first?.atMs ?? Infinity;
    if (next >= this.#armedMs) return;
    this.#disarm();
    this.#armedMs = next;
    this.#disarm = this.#clock.at(next, () => this.#ring());
  }

  #ring(): void {
    this.#armedMs = Infinity;
    const nowMs = this.#clock.nowMs();
    try {
      while ((this.#heap.first?.atMs ?? Infinity) <= nowMs) this.#heap.pop()!.fn();
    } finally {
      this.#arm(); // One that throws must not take the others with it.
    }
  }
}
