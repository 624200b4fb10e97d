/**
 * How fast jobs end, seen from time to time.
 *
 * @module
 */

/** Shortest time over which a pace means something, ms. */
const leastMs = 1_000;
/** Longest wait that is told, ms: who comes back sees how things are then. */
const mostMs = 300_000;

/** Looks at a count that grows. */
export class Outflow {
  /** Two looks, at least a second apart. */
  #before: { readonly atMs: number; readonly ended: number } | null = null;
  #last: { readonly atMs: number; readonly ended: number } | null = null;

  /** So many jobs have ended until now. */
  look(ended: number, nowMs: number): void {
    if (this.#last !== null && nowMs - this.#last.atMs < leastMs) return;
    this.#before = this.#last;
    this.#last = { atMs: nowMs, ended };
  }

  /** About how long until `jobs` more have ended, ms; null while that is not known. */
  waitMs(jobs: number, ended: number, nowMs: number): number | null {
    const from = this.#before ?? this.#last;
    if (from === null || nowMs - from.atMs < leastMs) return null;
    const perMs = (ended - from.ended) / (nowMs - from.atMs);
    return perMs > 0 ? Math.min(mostMs, jobs / perMs) : mostMs;
  }
}
