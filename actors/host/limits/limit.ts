/**
 * Limits from several places, of which the smallest holds.
 *
 * @module
 */
import type { CapacityLimit, Confidence, LimitCandidate } from "../../../messages/capacity.ts";

/** What is found in one place; null: it says nothing. */
export type Found = readonly [source: string, value: number | null];

/** The smallest of what was found. */
export function least(
  name: string,
  found: readonly Found[],
  used: number | null = null,
  otherwise = "no limit is set, or it can't be read",
  confidence: Confidence = "enforced",
): CapacityLimit {
  const candidates = found.flatMap(([source, value]): LimitCandidate[] =>
    value === null || !Number.isFinite(value) ? [] : [{ source, value }]
  );
  const [first, ...rest] = candidates;
  if (!first) return unknownLimit(name, otherwise, used);
  const { source, value } = rest.reduce(
    (one, other) => other.value < one.value ? other : one,
    first,
  );
  return { name, value, used, source, confidence, candidates };
}

/** A limit that nobody knows. */
export const unknownLimit = (
  name: string,
  because: string,
  used: number | null = null,
): CapacityLimit => ({
  ...{ name, value: null, used, source: null, confidence: "unknown", candidates: [], because },
});
