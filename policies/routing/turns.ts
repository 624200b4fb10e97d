/**
 * Whose turn it is among workers, by weight.
 *
 * @module
 */
import type { Taker } from "./routing.ts";

/**
 * What each seat is owed: what it should have had less what it had, in jobs times the sum of all
 * weights. Together they are owed nothing.
 */
export type Owed = Readonly<Record<string, number>>;

/** Nobody is owed anything. */
export const even: Owed = {};

/**
 * The seat that was owed most, the lowest of equals, and what is owed when it has had its turn. A turn
 * gives each its weight and takes the sum of them from whose it was; one that comes back is undone. So
 * turns are mixed evenly, and nobody is owed more than that sum, but for jobs that came back. Who is
 * not among `workers` starts anew when he is again.
 */
export function turn(
  owed: Owed,
  workers: readonly Taker[],
  weightOf: (worker: Taker) => number,
): readonly [number, Owed] {
  let [sum, back] = [0, 0];
  for (const worker of workers) {
    sum += weightOf(worker);
    back += worker.returned;
  }
  const next: Record<string, number> = {};
  let best = workers[0]!.seat;
  for (const worker of workers) {
    const { seat, returned } = worker;
    next[seat] = (owed[seat] ?? 0) + (1 - back) * weightOf(worker) + returned * sum;
    if (next[seat]! > next[best]!) best = seat;
  }
  next[best]! -= sum;
  return [best, next];
}
