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
      { pointer: "/inFlight", message: "must be an integer >= 1", given: String(inFlight) },
    ]);
  }
  return yieldAll(items, window, run, abort);
}

async function* yieldAll<T, R>(
  items: Iterable<T> | AsyncIterable<T>,
  { ordered, inFlight }: MapWindow,
  run: (item: T) => Promise<R>,
  abort: () => void,
): AsyncGenerator<R> {
  const source = Symbol.asyncIterator in items
    ? items[Symbol.asyncIterator]()
    : items[Symbol.iterator]();
  const results: Slot<R>[] = [];
  let wake = () => {};
  let under = 0;
  let dry = false;
  let over = false;
  /** The source was asked for an item and has not answered. */
  let asked = false;
  /** Taken and not yet handed on; in order, what is under way has its place among the results. */
  const held = () => ordered ? results.length : results.length + under;

  const feed = async () => {
    while (!dry && !over) {
      while (held() >= inFlight && !over) {
        await new Promise<void>((r) => wakeFeed = r);
      }
      if (over) return;
      asked = true;
      const { value, done } = await source.next();
      asked = false;
      if (done || over) break;
      under++;
      const slot: Slot<R> = { settled: null };
      if (ordered) results.push(slot);
      run(value).then(
        (result) => settle(slot, { ok: true, result }),
        (error) => settle(slot, { ok: false, error }),
      );
    }
    dry = true;
    wake();
  };
  let wakeFeed = () => {};
  const settle = (slot: Slot<R>, settled: Settled<R>) => {
    slot.settled = settled;
    under--;
    if (!ordered) results.push(slot);
    wake();
    wakeFeed();
  };
  const broken: unknown[] = [];
  const feeding = feed().catch((error) => {
    broken.push(error);
    dry = true;
    wake();
  });
  try {
    for (;;) {
      const settled = results[0]?.settled;
      if (settled) {
        results.shift();
        wakeFeed();
        if (!settled.ok) throw settled.error;
        yield settled.result;
      } else if (dry && under === 0 && results.length === 0) {
        if (broken.length > 0) throw broken[0];
        return;
      } else await new Promise<void>((resolve) => wake = resolve);
    }
  } finally {
    over = true;
    wakeFeed();
    if (under > 0) abort();
    if (!dry) {
      const closed = Promise.resolve(source.return?.());
      // A generator that waits for its own next item would let us wait with it.
      if (asked) closed.catch(() => {});
      else await closed;
    }
    void feeding;
  }
}

type Settled<R> = { readonly ok: true; readonly result: R } | {
  readonly ok: false;
  readonly error: unknown;
};

interface Slot<R> {
  settled: Settled<R> | null;
}
