/**
 * Things that are due at some instant: a binary heap and one armed timer.
 *
 * @module
 */
import type { Clock } from "./ports.ts";

interface Entry {
  readonly atMs: number;
  readonly fn: () => void;
}

/** Calls each function once at its instant, earliest first. */
export class Due {
  #heap: Entry[] = [];
  #armedMs = Infinity;
  #disarm: () => void = () => {};
  readonly #clock: Clock;

  /** Uses `clock` for the one timer. */
  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Calls `fn` at `atMs`, monotonic. It can't be called off: `fn` looks whether it still matters. */
  at(atMs: number, fn: () => void): void {
    const heap = this.#heap;
    let at = heap.push({ atMs, fn }) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (heap[parent]!.atMs <= heap[at]!.atMs) break;
      [heap[parent], heap[at]] = [heap[at]!, heap[parent]!];
      at = parent;
    }
    this.#arm();
  }

  /** Forgets everything. */
  clear(): void {
    this.#disarm();
    this.#heap = [];
    this.#armedMs = Infinity;
  }

  #arm(): void {
    const next = this.#heap[0]?.atMs ?? Infinity;
    if (next >= this.#armedMs) return;
    this.#disarm();
    this.#armedMs = next;
    this.#disarm = this.#clock.at(next, () => this.#ring());
  }

  #ring(): void {
    this.#armedMs = Infinity;
    const nowMs = this.#clock.nowMs();
    try {
      while (this.#heap.length > 0 && this.#heap[0]!.atMs <= nowMs) this.#pop().fn();
    } finally {
      this.#arm(); // One that throws must not take the others with it.
    }
  }

  #pop(): Entry {
    const heap = this.#heap;
    const first = heap[0]!;
    const last = heap.pop()!;
    if (heap.length === 0) return first;
    heap[0] = last;
    for (let at = 0;;) {
      const left = 2 * at + 1;
      const right = left + 1;
      let least = at;
      if (left < heap.length && heap[left]!.atMs < heap[least]!.atMs) least = left;
      if (right < heap.length && heap[right]!.atMs < heap[least]!.atMs) least = right;
      if (least === at) return first;
      [heap[least], heap[at]] = [heap[at]!, heap[least]!];
      at = least;
    }
  }
}
