/**
 * The latest so many of a kind.
 *
 * @module
 */

/** A list that drops its oldest item when it is full. */
export interface BoundedRing<T> {
  /** Adds an item; what it has dropped for it, if anything. */
  push(item: T): T | undefined;
  /** A copy, oldest first. */
  toArray(): T[];
}

/** Makes an empty ring of at most `max` items. It takes memory as it fills. */
export function boundedRing<T>(max: number): BoundedRing<T> {
  const items: T[] = [];
  let oldest = 0;
  return {
    push(item) {
      if (items.length < max) {
        items.push(item);
        return undefined;
      }
      const dropped = items[oldest];
      items[oldest] = item;
      oldest = oldest + 1 === max ? 0 : oldest + 1;
      return dropped;
    },
    toArray: () => [...items.slice(oldest), ...items.slice(0, oldest)],
  };
}
