/**
 * Numbers for what runs at the same time: the smallest that is free, from 1.
 *
 * @module
 */

/** Slots of things that start and end. */
export class Slots<T> {
  readonly #taken: boolean[] = [];
  readonly #slots = new Map<T, number>();

  /** Gives `item` a slot. */
  take(item: T): number {
    const free = this.#taken.indexOf(false);
    const index = free < 0 ? this.#taken.length : free;
    this.#taken[index] = true;
    this.#slots.set(item, index + 1);
    return index + 1;
  }

  /** The slot of `item` is free for others, and still known to have been its. */
  free(item: T): void {
    this.#taken[this.of(item) - 1] = false;
  }

  /** The slot that `item` has or had; 0 when it never had one. */
  of(item: T): number {
    return this.#slots.get(item) ?? 0;
  }

  /** Nobody asks for `item` any more. */
  forget(item: T): void {
    this.#slots.delete(item);
  }
}
