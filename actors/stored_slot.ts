/**
 * What a store knows of slots of time.
 *
 * @module
 */

/** What happened in a slot of time. */
export interface StoredSlot {
  /** What it is about and when it began; the order of names is that of time. */
  readonly key: string;
  /** When it may go, epoch ms. */
  readonly keptUntil: number;
  /** What there is to know, as JSON can say it. */
  readonly data: unknown;
}

/** Slots whose names are greater than `after` and less than `before`, in their order. */
export interface SlotsQuery {
  /** Which query it is. */
  readonly type: "slots";
  /** A name that sorts before those that are wanted. */
  readonly after: string;
  /** A name that sorts after them. */
  readonly before: string;
  /** Slots at most. */
  readonly limit: number;
  /** Whether the last ones are wanted where there are more than `limit`. Default: the first. */
  readonly latest?: boolean;
}
