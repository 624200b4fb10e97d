/**
 * Tells that a series lives on another level since some moment, and since when. Of the last values
 * those before and those after each moment are compared by their ranks (Pettitt 1979), so that it
 * does not matter how they are distributed, and a few wild ones are no new level: fewer than nine
 * can't be.
 *
 * @module
 */

/** Values that are looked at, at most. */
const valuesMax = 240;
/** Values on each side of a moment, at least. */
const sideMin = 8;
/**
 * Deviations that the ranks of both sides must be apart. Highest of all moments and ticks, it is
 * passed by chance once in 50,000 ticks of independent values.
 */
const apartAt = 5;

/** What is remembered of a series; plain data. */
export interface Change {
  /** Values since the last change, oldest first, at most 240. */
  readonly values: readonly number[];
  /** The change that the latest value made certain; null where it made none. */
  readonly changed: Changed | null;
}

/** A change of level. */
export interface Changed {
  /** Values on the new level. */
  readonly sinceTicks: number;
  /** Medians before and after. */
  readonly from: number;
  readonly to: number;
}

/** Nothing seen yet. */
export const unchanged: Change = Object.freeze({ values: [], changed: null });

/** Takes a value; one that is not finite is unknown and changes nothing. */
export function takeValue(before: Change, value: number): Change {
  if (!Number.isFinite(value)) {
    return before.changed === null ? before : { ...before, changed: null };
  }
  const values = [...before.values.slice(before.values.length < valuesMax ? 0 : 1), value];
  const split = splitOf(values);
  if (split === null) return { values, changed: null };
  const after = values.slice(split);
  const changed = {
    sinceTicks: after.length,
    from: middle(values.slice(0, split)),
    to: middle(after),
  };
  return { values: after, changed };
}

/** Number of the first value on another level; null where all are on one. */
function splitOf(values: readonly number[]): number | null {
  const count = values.length;
  if (count < 2 * sideMin) return null;
  const ranks = ranksOf(values);
  let [best, most, sum] = [0, 0, 0];
  for (let i = 1; i <= count - sideMin; i++) {
    sum += ranks[i - 1]!;
    if (i < sideMin) continue;
    const apart = Math.abs(sum - i * (count + 1) / 2) /
      Math.sqrt(i * (count - i) * (count + 1) / 12);
    if (apart > most) [best, most] = [i, apart];
  }
  return most > apartAt && most > apartAt * stretch(ranks, best) ? nearby(values, best) : null;
}

/**
 * The moment about `split` at which the values themselves are best told apart: ranks say surely that
 * there is one, but not quite where.
 */
function nearby(values: readonly number[], split: number): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const [first, last] = [
    Math.max(1, split - sideMin),
    Math.min(values.length - 1, split + sideMin),
  ];
  let [best, most, sum] = [split, -Infinity, 0];
  for (let i = 1; i <= last; i++) {
    sum += values[i - 1]! - mean;
    const told = sum ** 2 / (i * (values.length - i));
    if (i >= first && told > most) [best, most] = [i, told];
  }
  return best;
}

/** Ranks 1.. of values; equal ones share theirs. */
function ranksOf(values: readonly number[]): Float64Array {
  const order = Uint16Array.from(values, (_, i) => i).sort((a, b) => values[a]! - values[b]!);
  const ranks = new Float64Array(values.length);
  for (let i = 0, end = 0; i < order.length; i = end) {
    while (end < order.length && values[order[end]!] === values[order[i]!]) end++;
    for (let j = i; j < end; j++) ranks[order[j]!] = (i + 1 + end) / 2;
  }
  return ranks;
}

/** How much further sums stray than those of independent values, as each resembles the last one. */
function stretch(ranks: Float64Array, split: number): number {
  const before = mean(ranks.subarray(0, split));
  const after = mean(ranks.subarray(split));
  let [square, product, last] = [0, 0, 0];
  ranks.forEach((rank, i) => {
    const rest = rank - (i < split ? before : after);
    square += rest * rest;
    product += rest * last;
    last = rest;
  });
  const rho = square === 0 ? 0 : Math.min(.95, Math.max(0, product / square));
  return Math.sqrt((1 + rho) / (1 - rho));
}

const mean = (values: Float64Array) =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

const middle = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
