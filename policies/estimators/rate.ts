/**
 * How many jobs arrive in a second now: the mean over the longest time in which nothing speaks
 * against it.
 *
 * A long window is exact and slow, a short one is quick and noisy. As Lepski (1991) has it, the
 * longest window is believed that no shorter one contradicts. Plain data in, plain data out.
 *
 * @module
 */

/** Windows are 2, 4, … 256 bins long. */
const windowMin = 2;
const binsMax = 256;
/** Deviations by which a shorter window contradicts a longer one: more upwards than downwards. */
const moreDeviations = 5;
const lessDeviations = 3.5;
/** Groups of bins from which on their dispersion is believed. */
const groupsMin = 8;
/** Dispersion at most: lumps above it are waves, and a matter of the windows. */
const dispersionMax = 4;

/** Arrivals of the last 256 bins. */
export interface Arrivals {
  /** Length of a bin, ms. */
  readonly binMs: number;
  /** Counts of the bins that are over, the latest last. */
  readonly counts: readonly number[];
  /** Arrivals since the end of the last of them. */
  readonly open: number;
  /** When that was, monotonic ms; null before the first look. */
  readonly sinceMs: number | null;
  /** When was looked last, monotonic ms. */
  readonly atMs: number;
}

/** None yet; `binMs` is the time between two looks, about. */
export function noArrivals(binMs: number): Arrivals {
  return { binMs, counts: [], open: 0, sinceMs: null, atMs: 0 };
}

/**
 * Takes `count` arrivals since the last look. Of a look that is late they are shared out among the
 * bins in between. A count that is not finite, or a clock that ran backwards, changes nothing.
 */
export function arrive(arrivals: Arrivals, count: number, nowMs: number): Arrivals {
  const { binMs, sinceMs, atMs } = arrivals;
  if (!(count >= 0 && count < Infinity) || !Number.isFinite(nowMs)) return arrivals;
  // What came before the first look came in a time that nobody knows.
  if (sinceMs === null) return { ...arrivals, sinceMs: nowMs, atMs: nowMs };
  if (nowMs < atMs) return arrivals;
  const over = Math.floor((nowMs - sinceMs) / binMs);
  if (over === 0) return { ...arrivals, open: arrivals.open + count, atMs: nowMs };
  const perMs = count / Math.max(nowMs - atMs, 1e-9);
  const first = nowMs === atMs ? 0 : perMs * (sinceMs + binMs - atMs);
  const whole = Math.min(binsMax, over - 1);
  const ends = sinceMs + over * binMs;
  return {
    binMs,
    counts: latest(arrivals.counts, arrivals.open + first, whole, perMs * binMs),
    open: nowMs === atMs ? count : perMs * (nowMs - ends),
    sinceMs: ends,
    atMs: nowMs,
  };
}

/** The last 256 of `counts`, `next` and then `whole` times `each`. */
function latest(
  counts: readonly number[],
  next: number,
  whole: number,
  each: number,
): readonly number[] {
  const more = whole < binsMax ? [next] : [];
  for (let i = 0; i < whole; i++) more.push(each);
  const surplus = counts.length + more.length - binsMax;
  // An array that is copied and then pushed to is copied twice.
  if (surplus !== more.length) return (surplus > 0 ? counts.slice(surplus) : counts).concat(more);
  // As many come as go, nearly always: to move them costs two thirds of joining two arrays.
  const moved = counts.slice();
  for (let i = surplus; i < binsMax; i++) moved[i - surplus] = moved[i]!;
  for (let i = 0; i < surplus; i++) moved[binsMax - surplus + i] = more[i]!;
  return moved;
}

/** What is believed. */
export interface Rate {
  /** Arrivals a second. */
  readonly perS: number;
  /** Time over which it is a mean, ms. */
  readonly windowMs: number;
}

/** The rate now, of arrivals `dispersion` times as uneven as independent ones; null before a bin. */
export function rateNow(arrivals: Arrivals, dispersion = 1): Rate | null {
  const { counts, binMs } = arrivals;
  if (counts.length === 0) return null;
  const binS = binMs / 1_000;
  const means: number[] = [];
  const lengths: number[] = [];
  let [sum, taken] = [0, 0];
  for (let length = windowMin;; length *= 2) {
    const bins = Math.min(length, counts.length);
    while (taken < bins) sum += counts[counts.length - ++taken]!;
    const [mean, seconds] = [sum / (bins * binS), bins * binS];
    if (isContradicted(mean, seconds, means, lengths, dispersion)) break;
    means.push(mean);
    lengths.push(seconds);
    if (bins === counts.length || bins === binsMax) break;
  }
  return { perS: means.at(-1)!, windowMs: lengths.at(-1)! * 1_000 };
}

/** Whether the mean of a shorter window speaks against that of a longer one. */
function isContradicted(
  mean: number,
  seconds: number,
  means: readonly number[],
  lengths: readonly number[],
  dispersion: number,
): boolean {
  for (let i = 0; i < means.length; i++) {
    if (contradicts(means[i]!, lengths[i]!, mean, seconds, dispersion)) return true;
  }
  return false;
}

function contradicts(
  short: number,
  shortS: number,
  mean: number,
  seconds: number,
  dispersion: number,
): boolean {
  const deviation = Math.sqrt(dispersion * mean * (1 / shortS - 1 / seconds));
  const more = short - mean;
  return more > moreDeviations * deviation || more < -lessDeviations * deviation;
}

/**
 * Variance over mean of the arrivals in `spanMs`, 1..4: 1 for independent ones, more for lumps; 1
 * while there is too little to tell.
 */
export function dispersion({ counts, binMs }: Arrivals, spanMs: number): number {
  const bins = Math.max(1, Math.round(spanMs / binMs) || 1);
  const groups = Math.floor(counts.length / bins);
  if (groups < groupsMin) return 1;
  let [sum, squares, count, left] = [0, 0, 0, bins];
  for (let i = counts.length - groups * bins; i < counts.length; i++) {
    count += counts[i]!;
    if (--left > 0) continue;
    sum += count;
    squares += count * count;
    [count, left] = [0, bins];
  }
  const mean = sum / groups;
  if (mean === 0) return 1;
  const variance = Math.max(0, squares - groups * mean * mean) / (groups - 1);
  return Math.max(1, Math.min(dispersionMax, variance / mean));
}
