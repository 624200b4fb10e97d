/**
 * Finds what comes again: the periods of a series, such as 24 hours and 7 days.
 *
 * A period is looked for where the series resembles itself a while ago (autocorrelation), and
 * believed when what some of its rounds look like tells what the others look like. Noise, a walk at
 * random and a mere trend have peaks as well, but fail there.
 *
 * @module
 */

/** Values that are looked at, the latest ones: four weeks of quarters of an hour. */
const valuesMax = 2_688;
/** Rounds that a period must be seen in, and values of a round. */
const roundsMin = 3;
const lengthMin = 3;
/** Periods that are found, at most. */
const periodsMax = 3;
/**
 * Share of what is left without the periods before that must come again. Where there are few rounds
 * it must be more: a walk at random may look alike twice.
 */
const leastRatio = .1;
/** As good as another: this share of it. */
const nearlyRatio = .6;
/** As long as another, where it is hard to tell: this share more or less. */
const nearRatio = .1;
/** How far a peak may be from its period: this share of it, and at least one value. */
const peakRatio = .01;
/** Share of the whole series that a period must be to be worth a word. */
const worthRatio = .05;
/** Deviations of chance by which a peak must stand out. */
const surelyAt = 5;

/** Something that comes again. */
export interface Period {
  /** Values in a round. */
  readonly length: number;
  /** Share of the series' variance that it explains beyond those before it, 0..1. */
  readonly strengthRatio: number;
}

/** The periods of `values`, the shortest first. Values that are not finite are as the one before. */
export function periodsOf(values: readonly number[]): readonly Period[] {
  const found: Period[] = [];
  const known = values.slice(-valuesMax);
  let last = known.find(Number.isFinite) ?? 0;
  let rest = level(known.map((value) => last = Number.isFinite(value) ? value : last));
  const all = power(rest);
  while (found.length < periodsMax && power(rest) > 1e-12 * all) {
    const length = next(rest, found);
    if (length === null) break;
    const after = without(rest, length);
    // A mean of few rounds explains some of their noise as well.
    const rounds = rest.length / length;
    const strengthRatio = (power(rest) - power(after) * rounds / (rounds - 1)) / all;
    if (strengthRatio < worthRatio) break;
    found.push({ length, strengthRatio });
    rest = after;
  }
  return found;
}

/** The shortest period that is nearly as good as the best; null where none is believed. */
function next(values: Float64Array, found: readonly Period[]): number | null {
  const alike = correlations(values);
  const chance = surelyAt / Math.sqrt(values.length);
  const believed: { length: number; ratio: number }[] = [];
  // What is shorter than a period that was found is a part of one that was not, such as of a week.
  const from = Math.max(lengthMin, ...found.map(({ length }) => length + 1));
  for (let lag = from; lag < alike.length - 1; lag++) {
    const isPeak = alike[lag]! > alike[lag - 1]! && alike[lag]! >= alike[lag + 1]!;
    if (!isPeak || alike[lag]! < chance) continue;
    const { length, ratio } = about(values, lag);
    const nested = nest(values, length, ratio, found);
    if (nested !== null) believed.push({ length: nested, ratio });
    else if (ratio > leastRatio + length / values.length) believed.push({ length, ratio });
  }
  const most = Math.max(0, ...believed.map(({ ratio }) => ratio));
  return believed.find(({ ratio }) => ratio >= nearlyRatio * most)?.length ?? null;
}

/** The length about the peak `lag` of which rounds tell each other best: a peak is not that exact. */
function about(values: Float64Array, lag: number): { length: number; ratio: number } {
  const reach = Math.ceil(peakRatio * lag);
  let best = { length: lag, ratio: 0 };
  for (let length = Math.max(lengthMin, lag - reach); length <= lag + reach; length++) {
    const ratio = explained(values, length);
    if (ratio > best.ratio) best = { length, ratio };
  }
  return best;
}

/**
 * A multiple of a period that was found, where there is one about `lag` that is as good: weeks have
 * whole days, and need less to be believed.
 */
function nest(
  values: Float64Array,
  lag: number,
  ratio: number,
  found: readonly Period[],
): number | null {
  for (const { length } of found) {
    const multiple = Math.round(lag / length) * length;
    if (multiple <= length || Math.abs(multiple - lag) > nearRatio * lag) continue;
    if (multiple > values.length / roundsMin) continue;
    if (explained(values, multiple) > Math.max(leastRatio, nearlyRatio * ratio)) return multiple;
  }
  return null;
}

/** How alike values are to those `lag` before, -1..1, by lag; to a third of their number. */
function correlations(values: Float64Array): Float64Array {
  const count = values.length;
  const all = power(values);
  return Float64Array.from({ length: Math.floor(count / roundsMin) + 1 }, (_, lag) => {
    let sum = 0;
    for (let i = lag; i < count; i++) sum += values[i]! * values[i - lag]!;
    return sum / all * count / (count - lag);
  });
}

/**
 * Share of what moves within `length` values that each round has in common with all the others,
 * 0..1: how well the mean of those tells this one.
 */
function explained(values: Float64Array, length: number): number {
  const moves = aboutMean(values, length);
  const rounds = Math.floor(moves.length / length);
  if (rounds < roundsMin - 1) return 0;
  let [wrong, all] = [0, 0];
  for (let phase = 0; phase < length; phase++) {
    let sum = 0;
    for (let round = 0; round < rounds; round++) sum += moves[round * length + phase]!;
    for (let round = 0; round < rounds; round++) {
      const value = moves[round * length + phase]!;
      wrong += (value - (sum - value) / (rounds - 1)) ** 2;
      all += value ** 2;
    }
  }
  return all === 0 ? 0 : Math.max(0, 1 - wrong / all);
}

/** Each value less the mean of a round about it; half a round at each end is left out. */
function aboutMean(values: Float64Array, length: number): Float64Array {
  const half = length >> 1;
  let sum = 0;
  for (let i = 0; i < length; i++) sum += values[i]!;
  return Float64Array.from({ length: values.length - length + 1 }, (_, i) => {
    const about = sum / length;
    sum += (values[i + length] ?? 0) - values[i]!;
    return values[i + half]! - about;
  });
}

/** The values without what comes again after `length` of them. */
function without(values: Float64Array, length: number): Float64Array {
  const [sums, counts] = [new Float64Array(length), new Float64Array(length)];
  values.forEach((value, i) => {
    sums[i % length]! += value;
    counts[i % length]!++;
  });
  return values.map((value, i) => value - sums[i % length]! / counts[i % length]!);
}

/** The values about the straight line through them. */
function level(values: readonly number[]): Float64Array {
  const count = values.length;
  const [center, mean] = [(count - 1) / 2, values.reduce((sum, one) => sum + one, 0) / count];
  let [rise, run] = [0, 0];
  values.forEach((value, i) => {
    rise += (i - center) * (value - mean);
    run += (i - center) ** 2;
  });
  const slope = run === 0 ? 0 : rise / run;
  return Float64Array.from(values, (value, i) => value - mean - slope * (i - center));
}

const power = (values: Float64Array) => values.reduce((sum, value) => sum + value * value, 0);
