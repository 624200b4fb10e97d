/**
 * How many workers one operation may be in.
 *
 * @module
 */

/** What is known when an operation asks for a worker more. */
export interface Sharing {
  /** Workers there are. */
  readonly workers: number;
  /** Of them, those that the operation may have whatever the others want. */
  readonly shareRatio: number;
  /** Workers that the others were seen to need lately, together. */
  readonly others: number;
}

/** The share of an operation where nobody says otherwise. */
export const usualShareRatio = 0.5;

/** All of them while nobody else is about; else its share, and what the others leave. Never none. */
export function workersMost({ workers, shareRatio, others }: Sharing): number {
  return others === 0 ? Infinity : Math.max(1, Math.floor(workers * shareRatio), workers - others);
}
