/**
 * Runs a function over items with a bounded window.
 *
 * @module
 */

import { Refusal } from "./runtime.ts";

/** How to go through the items. */
export interface MapWindow {
  /** Results in the order of the items. */
  readonly ordered: boolean;
  /** Most items under way at once. */
  readonly inFlight: number;
}

/**
 * Yields what `run` makes of each item. Takes a new item only when there is room, so a slow reader
 * holds the source back. Stops at the first rejection; what is under way is then left to `abort`.
 */
export function mapItems<T, R>(
  items: Iterable<T> | AsyncIterable<T>,
  window: MapWindow,
  run: (item: T) => Promise<R>,
  abort: () => void,
): AsyncGenerator<R> {
  const { inFlight } = window;
  if (!Number.isInteger(inFlight) || inFlight < 1) {
    const message = `Cannot map as inFlight must be an integer >= 1: current value is ${inFlight}`;
    throw new Refusal("invalid_in_flight", message, [
      {
        pointer: "/inFlight",
        message: "must be an integer >= 1",
        expected: "an integer >= 1",
        given: String(inFlight),
      },
    ]);
  }
  return yieldAll(items, window, run, abort);
}

async function* yieldAll<T, R>(
  items: Iterable<T> | AsyncIterable<T>,
  window: MapWindow,
  run: (item: T) => Promise<R>,
  abort: () => void,
): AsyncGenerator<R> {
  const source = Symbol.asyncIterator in items
    ? items[Symbol.asyncIterator]()
    : items[Symbol.iterator]();
  const passage = new Passage<T, R>(source, window, run);
  try {
    for (let next = await passage.next(); next; next = await passage.next()) {
      if (!next.ok) throw next.error;
      yield next.result;
    }
  } finally {
    if (passage.under > 0) abort();
    await passage.close();
  }
}

type Settled<R> = { readonly ok: true; readonly result: R } | {
  readonly ok: false;
  readonly error: unknown;
};

interface Slot<R> {
  settled: Settled<R> | null;
}

/** Items on their way from the source to the reader. */
class Passage<T, R> {
  /** Items under way. */
  under = 0;
  readonly #results: Slot<R>[] = [];
  #wake = () => {};
  #wakeFeed = () => {};
  #dry = false;
  #over = false;
  /** The source was asked for an item and has not answered. */
  #asked = false;
  #broken: { readonly error: unknown } | null = null;
  readonly #source: Iterator<T> | AsyncIterator<T>;
  readonly #window: MapWindow;
  readonly #run: (item: T) => Promise<R>;

  constructor(
    source: Iterator<T> | AsyncIterator<T>,
    window: MapWindow,
    run: (item: T) => Promise<R>,
  ) {
    this.#source = source;
    this.#window = window;
    this.#run = run;
    this.#feed().catch((error) => this.#broken = { error }).finally(() => {
      this.#dry = true;
      this.#wake();
    });
  }

  /** The next result; null when there will be none. */
  async next(): Promise<Settled<R> | null> {
    for (;;) {
      const settled = this.#results[0]?.settled;
      if (settled) {
        this.#results.shift();
        this.#wakeFeed();
        return settled;
      }
      if (this.#dry && this.under === 0 && this.#results.length === 0) {
        if (this.#broken) throw this.#broken.error;
        return null;
      }
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }

  /** Takes no more items and closes the source. */
  async close(): Promise<void> {
    this.#over = true;
    this.#wakeFeed();
    if (this.#dry) return;
    const closed = Promise.resolve(this.#source.return?.());
    // A generator that waits for its own next item would let us wait with it.
    if (this.#asked) closed.catch(() => {});
    else await closed;
  }

  /** Taken and not yet handed on; in order, what is under way has its place among the results. */
  get #held(): number {
    return this.#window.ordered ? this.#results.length : this.#results.length + this.under;
  }

  async #feed(): Promise<void> {
    while (!this.#over) {
      while (this.#held >= this.#window.inFlight && !this.#over) {
        await new Promise<void>((resolve) => this.#wakeFeed = resolve);
      }
      if (this.#over) return;
      this.#asked = true;
      const { value, done } = await this.#source.next();
      this.#asked = false;
      if (done || this.#over) return;
      this.#begin(value);
    }
  }

  #begin(item: T): void {
    this.under++;
    const slot: Slot<R> = { settled: null };
    if (this.#window.ordered) this.#results.push(slot);
    const settle = (settled: Settled<R>) => {
      slot.settled = settled;
      this.under--;
      if (!this.#window.ordered) this.#results.push(slot);
      this.#wake();
      this.#wakeFeed();
    };
    this.#run(item).then(
      (result) => settle({ ok: true, result }),
      (error) => settle({ ok: false, error }),
    );
  }
}
