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
  readonly fn: () => void;
  /** Its place in the heap; below 0: it was called off, or is done. */
  at: number;
}

/** A heap: no entry is after those at twice its place plus one and plus two. */
export class Agenda {
  readonly #heap: Entry[] = [];
  #turn = 0;

  /** Notes that `fn` is to be called at `untilMs`. */
  add(untilMs: number, fn: () => void): Entry {
    const entry: Entry = { untilMs, turn: this.#turn++, fn, at: 0 };
    this.#heap.push(entry);
    this.#rise(entry, this.#heap.length - 1);
    return entry;
  }

  /** Strikes an entry out. */
  callOff(entry: Entry): void {
    if (entry.at >= 0) this.#remove(entry);
  }

  /** When the next thing is to happen; Infinity when nothing is. */
  get nextMs(): number {
    const heap = this.#heap;
    return heap.length > 0 ? heap[0]!.untilMs : Infinity;
  }

  /** Takes out what happens next; null when nothing will. */
  take(): (() => void) | null {
    const first = this.#heap[0];
    if (first === undefined) return null;
    this.#remove(first);
    return first.fn;
  }

  /** The last one takes its place, and goes from there to where it belongs. */
  #remove(entry: Entry): void {
    const last = this.#heap.pop()!;
    if (last !== entry) {
      const { at } = entry;
      if (at > 0 && isBefore(last, this.#heap[(at - 1) >> 1]!)) this.#rise(last, at);
      else this.#sink(last, at);
    }
    entry.at = -1;
  }

  #rise(entry: Entry, from: number): void {
    const heap = this.#heap;
    let at = from;
    while (at > 0) {
      const above = heap[(at - 1) >> 1]!;
      if (!isBefore(entry, above)) break;
      heap[at] = above;
      above.at = at;
      at = (at - 1) >> 1;
    }
    heap[at] = entry;
    entry.at = at;
  }

  #sink(entry: Entry, from: number): void {
    const heap = this.#heap;
    let at = from;
    for (let below = 2 * at + 1; below < heap.length; below = 2 * at + 1) {
      if (below + 1 < heap.length && isBefore(heap[below + 1]!, heap[below]!)) below++;
      const next = heap[below]!;
      if (!isBefore(next, entry)) break;
      heap[at] = next;
      next.at = at;
      at = below;
    }
    heap[at] = entry;
    entry.at = at;
  }
}

const isBefore = (one: Entry, other: Entry): boolean =>
  one.untilMs < other.untilMs || (one.untilMs === other.untilMs && one.turn < other.turn);
