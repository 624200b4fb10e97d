/**
 * A queue on a flat array: constant time, no garbage.
 *
 * @module
 */

/** First in, first out. */
export class Ring<T> {
  #slots: (T | undefined)[] = new Array(16);
  #head = 0;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** The first one, undefined when empty. */
  get first(): T | undefined {
    return this.#slots[this.#head];
  }

  /** The one at `index`, 0 being the first; undefined when there are fewer. */
  at(index: number): T | undefined {
    return index < this.#size
      ? this.#slots[(this.#head + index) & (this.#slots.length - 1)]
      : undefined;
  }

  /** Adds at the end. */
  push(item: T): void {
    if (this.#size === this.#slots.length) this.#grow();
    this.#slots[(this.#head + this.#size++) & (this.#slots.length - 1)] = item;
  }

  /** Takes the first one, undefined when empty. */
  shift(): T | undefined {
    if (this.#size === 0) return undefined;
    const item = this.#slots[this.#head];
    this.#slots[this.#head] = undefined;
    this.#head = (this.#head + 1) & (this.#slots.length - 1);
    this.#size--;
    return item;
  }

  /** From first to last. */
  *[Symbol.iterator](): Generator<T> {
    for (let i = 0; i < this.#size; i++) {
      yield this.#slots[(this.#head + i) & (this.#slots.length - 1)]!;
    }
  }

  #grow(): void {
    const { length } = this.#slots;
    const wider = new Array<T | undefined>(length * 2);
    for (let i = 0; i < length; i++) wider[i] = this.#slots[(this.#head + i) & (length - 1)];
    this.#slots = wider;
    this.#head = 0;
  }
}
