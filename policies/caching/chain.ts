/**
 * Keys in a row, first who came first. A `Map` would keep them in order too, but looks at all that
 * have left before it finds the first.
 *
 * @module
 */

/** A key in its place. */
export interface Item {
  readonly key: string;
  readonly bytes: number;
  /** How often it was asked for, as far as its policy counts. */
  uses: number;
  /** Where it is. */
  chain: Chain | null;
  before: Item | null;
  behind: Item | null;
}

/** A key that is nowhere yet. */
export const itemOf = (key: string, bytes: number): Item => ({
  key,
  bytes,
  uses: 0,
  chain: null,
  before: null,
  behind: null,
});

/** A row of keys and the sum of their bytes. */
export class Chain {
  bytes = 0;
  size = 0;
  /** Who has been here longest. */
  first: Item | null = null;
  #last: Item | null = null;

  /** Puts an item at the end that is in no chain. */
  push(item: Item): void {
    item.chain = this;
    item.before = this.#last;
    item.behind = null;
    if (this.#last) this.#last.behind = item;
    else this.first = item;
    this.#last = item;
    this.bytes += item.bytes;
    this.size++;
  }

  /** Takes an item out that is in this chain. */
  take(item: Item): void {
    const { before, behind } = item;
    if (before) before.behind = behind;
    else this.first = behind;
    if (behind) behind.before = before;
    else this.#last = before;
    item.chain = item.before = item.behind = null;
    this.bytes -= item.bytes;
    this.size--;
  }

  /** Takes the first one out; there has to be one. */
  shift(): Item {
    const item = this.first!;
    this.take(item);
    return item;
  }
}
