/**
 * What a total has grown by in a sliding window, from looks at it. Bounded: there are 60 looks in a
 * window at most, so that it is up to a sixtieth longer than it should be.
 *
 * @module
 */

const looksMax = 60;

/** Totals at some instants, oldest first; plain data. */
export interface Totals {
  readonly windowMs: number;
  readonly looks: readonly { readonly atMs: number; readonly totals: readonly number[] }[];
}

/** Nothing seen yet. */
export const watchTotals = (windowMs: number): Totals => ({ windowMs, looks: [] });

/** Takes the totals of now. */
export function takeTotals(
  { windowMs, looks }: Totals,
  nowMs: number,
  totals: readonly number[],
): Totals {
  const last = looks.at(-1);
  const isEarly = last !== undefined && nowMs - last.atMs < windowMs / looksMax;
  if (isEarly) return { windowMs, looks };
  // The newest of those that are too old is where the window begins.
  const first = looks.findLastIndex(({ atMs }) => atMs <= nowMs - windowMs);
  return { windowMs, looks: [...looks.slice(Math.max(0, first)), { atMs: nowMs, totals }] };
}

/** By how much each has grown up to `totals`, and in what time. */
export function grown(
  { windowMs, looks }: Totals,
  nowMs: number,
  totals: readonly number[],
): { readonly by: readonly number[]; readonly ms: number; readonly isWhole: boolean } {
  const first = looks[0];
  if (first === undefined) return { by: totals.map(() => 0), ms: 0, isWhole: false };
  const ms = nowMs - first.atMs;
  return { by: totals.map((total, i) => total - first.totals[i]!), ms, isWhole: ms >= windowMs };
}
