/**
 * A distribution that forgets: a value counts half after a half-life. Buckets are 3.9 % wide, so a
 * quantile is off by at most 2 %; only those that hold something are kept.
 *
 * Instead of making old values lighter, new ones are made heavier, so that taking a value touches
 * one bucket. Changed in place, as a histogram is.
 *
 * @module
 */

/** Each bucket ends this much above its beginning. */
const widthRatio = 1.039;
const logWidth = Math.log(widthRatio);
/** Smaller values are counted as this, larger ones as that. */
const least = 1;
const most = 1e15;
/** Half-lives after which all weights are scaled back. */
const scaleAfter = 32;
/** Buckets with less than this share of all weight are dropped then. */
const negligible = 1e-6;

/** Weights of values by size; change it only with the functions of this module. */
export interface Decaying {
  /** Weight in each bucket, by its number. */
  readonly buckets: Map<number, number>;
  /** Sum of the weights. */
  total: number;
  /** Wall instant at which a value weighs 1, ms. */
  originAt: number;
}

/** A distribution as plain data, to be stored. */
export interface DecayingRow {
  readonly originAt: number;
  /** Bucket and weight, in turn. */
  readonly buckets: readonly number[];
}

/** Without values. */
export const createDecaying = (): Decaying => ({ buckets: new Map(), total: 0, originAt: 0 });

/** Takes a value at the wall instant `at`, ms. A value that is negative or not finite is ignored. */
export function takeDecaying(
  decaying: Decaying,
  value: number,
  at: number,
  halfLifeMs: number,
): void {
  if (!(value >= 0 && value < Infinity)) return;
  if (decaying.total === 0) decaying.originAt = at;
  if ((at - decaying.originAt) / halfLifeMs > scaleAfter) scale(decaying, at, halfLifeMs);
  const weight = 2 ** ((at - decaying.originAt) / halfLifeMs);
  const bucket = Math.floor(Math.log(Math.min(most, Math.max(least, value))) / logWidth);
  decaying.buckets.set(bucket, (decaying.buckets.get(bucket) ?? 0) + weight);
  decaying.total += weight;
}

/**
 * The value that a share `q` (0..1) of all weight does not exceed, within 2 %; null without values.
 */
export function decayingQuantile({ buckets, total }: Decaying, q: number): number | null {
  if (buckets.size === 0) return null;
  const order = [...buckets.keys()].sort((a, b) => a - b);
  let left = q * total * (1 - 1e-12); // Weights are not exact, and their sum is not either.
  for (const bucket of order) {
    left -= buckets.get(bucket)!;
    if (left <= 0) return middle(bucket);
  }
  return middle(order.at(-1)!);
}

/** As plain data. */
export function decayingRow({ buckets, originAt }: Decaying): DecayingRow {
  return {
    originAt,
    buckets: [...buckets].flatMap(([bucket, weight]) => [bucket, Number(weight.toPrecision(4))]),
  };
}

/** From plain data; null where it is none of ours. */
export function decayingOf(row: unknown): Decaying | null {
  const { originAt, buckets } = row as Partial<DecayingRow>;
  if (!Number.isFinite(originAt) || !Array.isArray(buckets) || buckets.length % 2 > 0) return null;
  const decaying: Decaying = { buckets: new Map(), total: 0, originAt: originAt! };
  const last = Math.ceil(Math.log(most) / logWidth);
  for (let i = 0; i < buckets.length; i += 2) {
    const [bucket, weight] = [buckets[i], buckets[i + 1]];
    if (!Number.isInteger(bucket) || bucket < 0 || bucket > last) return null;
    if (!(weight > 0 && weight < Infinity)) return null;
    decaying.buckets.set(bucket, (decaying.buckets.get(bucket) ?? 0) + weight);
    decaying.total += weight;
  }
  return decaying;
}

const middle = (bucket: number) => widthRatio ** bucket * (1 + widthRatio) / 2;

/** Lets a value of `at` weigh 1, and drops what has no weight by then. */
function scale(decaying: Decaying, at: number, halfLifeMs: number): void {
  const factor = 2 ** ((decaying.originAt - at) / halfLifeMs);
  const { buckets } = decaying;
  const floor = Math.max(decaying.total * factor, 1) * negligible;
  decaying.total = 0;
  decaying.originAt = at;
  for (const [bucket, weight] of buckets) {
    const rest = weight * factor;
    if (rest < floor) buckets.delete(bucket);
    else {
      buckets.set(bucket, rest);
      decaying.total += rest;
    }
  }
}
