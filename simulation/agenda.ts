/**
 * What is to happen when, soonest first.
 *
 * @module
 */

/** Something that is to happen. */
export interface Entry {
  /** On the time that the agenda goes by, ms. */
  readonly untilMs: number;
  /** Of equal instants, who was noted first goes first. */
  readonly turn: number;
  /** Null: called off, or done. */
  fn: (() => void) | null;
}

/** Entries that were called off, before they are cleared away. */
const goneMax = 1_024;

/** A heap: no entry is after those at twice its place plus one and plus two. */
export class Agenda {
  #heap: Entry[] = [];
  #turn = 0;
  #gone = 0;

  /** Notes that `fn` is to be called at `untilMs`. */
  add(untilMs: number, fn: () => void): Entry {
    const entry: Entry = { untilMs, turn: this.#turn++, fn };
    const heap = this.#heap;
    let at = heap.length;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (!isBefore(entry, heap[above]!)) break;
      heap[at] = heap[above]!;
      at = above;
    }
    heap[at] = entry;
    return entry;
  }

  /** Strikes an entry out. */
  callOff(entry: Entry): void {
    if (entry.fn === null) return;
    entry.fn = null;
    if (++this.#gone < goneMax || this.#gone < this.#heap.length / 2) return;
    this.#gone = 0;
    // A sorted list is a heap.
    this.#heap = this.#heap.filter(({ fn }) => fn !== null)
      .sort((one, other) => isBefore(one, other) ? -1 : 1);
  }

  /** When the next thing is to happen; Infinity when nothing is. */
  get nextMs(): number {
    while (this.#heap.length > 0 && this.#heap[0]!.fn === null) {
      this.#pop();
      this.#gone--;
    }
    return this.#heap[0]?.untilMs ?? Infinity;
  }

  /** Takes out what happens next; null when nothing will. */
  take(): (() => void) | null {
    if (this.nextMs === Infinity) return null;
    const entry = this.#pop();
    const { fn } = entry;
    entry.fn = null;
    return fn;
  }

  #pop(): Entry {
    const heap = this.#heap;
    const first = heap[0]!;
    const last = heap.pop()!;
    if (heap.length === 0) return first;
    let at = 0;
    for (let below = 1; below < heap.length; below = 2 * at + 1) {
      if (below + 1 < heap.length && isBefore(heap[below + 1]!, heap[below]!)) below++;
      if (!isBefore(heap[below]!, last)) break;
      heap[at] = heap[below]!;
      at = below;
    }
    heap[at] = last;
    return first;
  }
}

const isBefore = (one: Entry, other: Entry): boolean =>
  one.untilMs < other.untilMs || (one.untilMs === other.untilMs && one.turn < other.turn);
