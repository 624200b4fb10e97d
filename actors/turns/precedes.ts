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
  readonly dueMs: number;
  readonly state: string;
}

/** By class, then by when it became due, then by the order of acceptance. */
export function precedes(one: Placed, other: Placed): boolean {
  if (one.rank !== other.rank) return one.rank < other.rank;
  if (one.dueMs !== other.dueMs) return one.dueMs < other.dueMs;
  return Math.abs(one.id) < Math.abs(other.id);
}
