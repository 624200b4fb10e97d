/**
 * Growth at once, shrinking when less was enough for a while.
 *
 * @module
 */

/** What was asked for. */
export interface Settled {
  /** The size last asked for; null: none yet. */
  readonly workers: number | null;
  /** Since when less is asked for, monotonic ms, and the most of it; null: it is not. */
  readonly less: { readonly sinceMs: number; readonly workers: number } | null;
}

/** Before anything was asked for. */
export const unsettled: Settled = { workers: null, less: null };

/** The size to have when `wanted` is asked for: less only once that was so for `afterMs`. */
export function settle(
  { workers, less }: Settled,
  wanted: number,
  nowMs: number,
  afterMs: number,
): { readonly workers: number; readonly less: Settled["less"] } {
  if (workers === null || wanted >= workers) return { workers: wanted, less: null };
  const most = Math.max(less?.workers ?? 0, wanted);
  const sinceMs = less?.sinceMs ?? nowMs;
  return nowMs - sinceMs >= afterMs
    ? { workers: most, less: null }
    : { workers, less: { sinceMs, workers: most } };
}
