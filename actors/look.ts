/**
 * What can be seen of a worker's thread from outside.
 *
 * @module
 */

/** What was seen, in totals since the worker's start; times in ms. */
export interface Look {
  /** When, monotonic ms. */
  readonly atMs: number;
  /** Jobs that it had ended. */
  readonly served: number;
  /** It had jobs to do. */
  readonly busyMs: number;
  /** Jobs held its thread. */
  readonly heldMs: number;
  /** The thread was on a core. */
  readonly ranMs: number;
  /** The thread was ready, and had none. */
  readonly waitedMs: number;
}
