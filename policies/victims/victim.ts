/**
 * The contract of a victim policy: who goes when a pool gets smaller.
 *
 * @module
 */

/** A worker as a victim policy sees it. */
export interface Occupant {
  /** Its place in the pool. */
  readonly seat: number;
  /** Jobs begun and not finished. */
  readonly running: number;
  /** Jobs sent to it and not begun. */
  readonly queued: number;
  /** Since when it has no job, monotonic ms; null while it has one. */
  readonly idleSinceMs: number | null;
  /** When the youngest of its running jobs began, monotonic ms; null when none runs. */
  readonly youngestSinceMs: number | null;
}

/** A pure order of workers to retire. */
export interface VictimPolicy {
  /** Unique in its list. */
  readonly name: string;
  /** One sentence for the docs table. */
  readonly help: string;
  /** The seats of the `count` workers to retire, first victim first; fewer when there are fewer. */
  choose(workers: readonly Occupant[], count: number): readonly number[];
}
