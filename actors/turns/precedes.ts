/**
 * Whose turn comes first.
 *
 * @module
 */

/** What turns have to know of a job. */
export interface Placed {
  readonly id: number;
  /** Of its class; 0 is the best. */
  readonly rank: number;
  /** Inside its class; more is better. */
  readonly urgency: number;
  readonly dueMs: number;
  readonly state: string;
}

/**
 * By class, then by rank inside it, then by when it became due, then by the order of acceptance. It
 * is the one order for all ways into a row, so that who comes back is where he was.
 */
export function precedes(one: Placed, other: Placed): boolean {
  if (one.rank !== other.rank) return one.rank < other.rank;
  if (one.urgency !== other.urgency) return one.urgency > other.urgency;
  if (one.dueMs !== other.dueMs) return one.dueMs < other.dueMs;
  return Math.abs(one.id) < Math.abs(other.id);
}
