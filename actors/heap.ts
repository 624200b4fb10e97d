/**
 * A binary heap on a flat array: the first one at hand, in logarithmic time.
 *
 * @module
 */

/** Keeps its items so that the first by `isBefore` is at hand. */
export class Heap<T> {
  #items: T[] = [];
  readonly #isBefore: (one: T, other: T) => boolean;

  /** Empty; `isBefore` orders its items. */
  constructor(isBefore: (one: T, other: T) => boolean) {
    this.#isBefore = isBefore;
  }

  get size(): number {
    return this.#items.length;
  }

  /** The first one, undefined when empty. */
  get first(): T | undefined {
    return this.#items[0];
  }

  /** Adds an item. */
  push(item: T): void {
    const items = this.#items;
    let at = items.push(item) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#isBefore(items[at]!, items[parent]!)) return;
      [items[parent], items[at]] = [items[at]!, items[parent]!];
      at = parent;
    }
  }

  /** Takes the first one, undefined when empty. */
  pop(): T | undefined {
    const items = this.#items;
    const first = items[0];
    const last = items.pop();
    if (items.length === 0 || last === undefined) return first;
    items[0] = last;
    for (let at = 0;;) {
      const left = 2 * at + 1;
      const right = left + 1;
      let least = at;
      if (left < items.length && this.#isBefore(items[left]!, items[least]!)) least = left;
      if (right < items.length && this.#isBefore(items[right]!, items[least]!)) least = right;
      if (least === at) return first;
      [items[least], items[at]] = [items[at]!, items[least]!];
      at = least;
    }
  }

  /** All of them, in no order but that the first comes first. */
  [Symbol.iterator](): Iterator<T> {
    return this.#items[Symbol.iterator]();
  }

  /** Leaves out all that are not `kept`. */
  keep(kept: (item: T) => boolean): void {
    const rest = this.#items.filter(kept);
    this.#items = [];
    for (const item of rest) this.push(item);
  }

  /** Leaves out everything. */
  clear(): void {
    this.#items = [];
  }
}
