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
  readonly type: "slots";
  readonly after: string;
  readonly before: string;
  readonly limit: number;
  /** Whether the last ones are wanted where there are more than `limit`. Default: the first. */
  readonly latest?: boolean;
}
