/**
 * What can be seen of a worker's thread from outside.
 *
 * @module
 */

/** What was seen, in totals since the worker's start, ms. */
export interface Look {
  /** It had jobs. */
  readonly busyMs: number;
  /** Jobs held its thread. */
  readonly heldMs: number;
  /** The thread was on a core. */
  readonly ranMs: number;
  /** The thread was ready, and had none. */
  readonly waitedMs: number;
}
