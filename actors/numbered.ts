/**
 * A table by number whose places are written over, not rehashed.
 *
 * A Map that gains and loses an entry for each job is copied into a new table every few thousand
 * jobs. The collector finds the new table, and every job in it, held by the dead old one, and so
 * carries all of them into the old generation. Pages of places have no such chain.
 *
 * @module
 */

/** Places of a page: the numbers of open jobs lie close together. */
const pageSize = 256;

/** Places for 256 numbers in a row, and how many of them are taken. */
interface Page<T> {
  readonly items: (T | undefined)[];
  size: number;
}

/** Things by their numbers: safe integers that are mostly given out in order. */
export class Numbered<T> {
  /** How many there are. */
  size = 0;
  readonly #pages = new Map<number, Page<T>>();
  /** The page that was asked for last: mostly it is asked for again. */
  #lastAt = 0;
  #last: Page<T> | undefined;

  /** Pages held, of 256 places each. */
  get pages(): number {
    return this.#pages.size;
  }

  /** The one with this number; undefined when there is none. */
  get(number: number): T | undefined {
    return this.#page(Math.floor(number / pageSize))?.items[placeOf(number)];
  }

  /** Adds the one with this number, or takes the place of the one that had it. */
  set(number: number, item: T): void {
    const at = Math.floor(number / pageSize);
    const page = this.#page(at) ?? this.#newPage(at);
    const place = placeOf(number);
    if (page.items[place] === undefined) {
      page.size++;
      this.size++;
    }
    page.items[place] = item;
  }

  /** Removes the one with this number; false when there is none. */
  delete(number: number): boolean {
    const at = Math.floor(number / pageSize);
    const page = this.#page(at);
    const place = placeOf(number);
    if (page?.items[place] === undefined) return false;
    page.items[place] = undefined;
    this.size--;
    if (--page.size === 0) {
      this.#pages.delete(at);
      this.#last = undefined;
    }
    return true;
  }

  /** Those with numbers above `number`, in their order. Some may come and go meanwhile. */
  *after(number: number): Generator<T> {
    const first = Math.floor((number + 1) / pageSize);
    const pages = [...this.#pages.keys()].filter((at) => at >= first).sort((a, b) => a - b);
    for (const at of pages) {
      const { items } = this.#pages.get(at) ?? { items: [] };
      const from = at === first ? placeOf(number + 1) : 0;
      for (let place = from; place < items.length; place++) {
        const item = items[place];
        if (item !== undefined) yield item;
      }
    }
  }

  /** Those with numbers below `number`, the largest first. Some may come and go meanwhile. */
  *before(number: number): Generator<T> {
    const last = Math.floor((number - 1) / pageSize);
    const pages = [...this.#pages.keys()].filter((at) => at <= last).sort((a, b) => b - a);
    for (const at of pages) {
      const { items } = this.#pages.get(at) ?? { items: [] };
      const from = at === last ? placeOf(number - 1) : pageSize - 1;
      for (let place = from; place >= 0; place--) {
        const item = items[place];
        if (item !== undefined) yield item;
      }
    }
  }

  /** All of them; those whose numbers lie close together follow each other. */
  *values(): Generator<T> {
    for (const { items } of this.#pages.values()) {
      for (const item of items) if (item !== undefined) yield item;
    }
  }

  #page(at: number): Page<T> | undefined {
    if (at === this.#lastAt && this.#last !== undefined) return this.#last;
    const page = this.#pages.get(at);
    if (page === undefined) return undefined;
    this.#lastAt = at;
    return this.#last = page;
  }

  #newPage(at: number): Page<T> {
    const page: Page<T> = { items: new Array(pageSize), size: 0 };
    this.#pages.set(at, page);
    this.#lastAt = at;
    return this.#last = page;
  }
}

const placeOf = (number: number) => number - Math.floor(number / pageSize) * pageSize;
