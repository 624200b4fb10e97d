/**
 * Who waits for one key and will soon have it must find what it needs of the others: later ones
 * could take it over and over.
 *
 * @module
 */
import { type Placed, precedes } from "./precedes.ts";
import type { Drawing } from "./draw.ts";
import type { Semaphore } from "./semaphore.ts";

/** What is taken now counts for a period and at most so much of it more. */
const countsRatio = 1.02;

/**
 * The first one that waits at `at` keeps what it needs of its other keys from those behind it, but
 * not for longer than what they would take counts: then it could be free again by itself. Tells
 * which keys it keeps nothing of any more.
 */
export function keepOthers<J extends Placed & Drawing>(
  job: J,
  at: Semaphore<J>,
  keys: readonly Semaphore<J>[],
  nowMs: number,
): readonly Semaphore<J>[] {
  const isFirst = at.quota !== null && at.next === job;
  const opensMs = isFirst ? at.quota!.opensMs(job, nowMs) : Infinity;
  return keys.filter((key) => {
    const isSoon = key !== at && key.quota !== null &&
      opensMs < nowMs + key.quota.periodMs * countsRatio;
    if (isSoon && (key.keeper?.state !== "blocked" || precedes(job, key.keeper))) key.keeper = job;
    if (isSoon || key.keeper !== job) return false;
    key.keeper = null;
    return true;
  });
}

/** A job keeps nothing any more; the keys of which it did. */
export function keepNothing<J extends Placed & Drawing>(
  job: J,
  keys: readonly Semaphore<J>[],
): readonly Semaphore<J>[] {
  const freed = keys.filter(({ keeper }) => keeper === job);
  for (const key of freed) key.keeper = null;
  return freed;
}
