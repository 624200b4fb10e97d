/**
 * Tells a strange value from a busy hour. What is judged is not the value but how far it is from
 * where the last ones were going, on a scale of ratios; and far means: compared with how far the
 * values of the last day were. A day's swing moves slowly, so it is never far.
 *
 * Two in a row are told, once, until a day was without. On seven public series of 334 days
 * (Numenta's benchmark) that is one false alarm in 21 days, and 7 of 13 labelled windows are found.
 *
 * @module
 */

/** Weight of the latest value in what is expected of the next. */
const weight = .2;
/** Deviations beyond which a value is strange, and how many of them in a row are told. */
const strangeAt = 6;
const inRow = 2;
/** Values in a day at most; where they come more often than each minute, the day is shorter. */
const dayMax = 1_440;
/** Values without which nothing is said. */
const few = 20;
/** A median absolute deviation, and half of what lies between a tenth and nine, of a normal curve. */
const perMad = 1.4826;
const perReach = 1 / 1.2816;
/** A change by a smaller share is no deviation, however steady the values were. */
const leastRatio = .01;

/** What is remembered of a series; plain data. */
export interface Anomaly {
  /** Values in a day. */
  readonly perDay: number;
  /** Where the values go, as log1p; null before the first. */
  readonly expected: number | null;
  /** How far the values of the last day were from that, oldest first. */
  readonly residuals: readonly number[];
  /** How far the latest was, in deviations and signed; null where nothing can be said. */
  readonly deviation: number | null;
  /** Strange values in a row, the latest included. */
  readonly strange: number;
  /** Values since there were two of them, at most a day; 0 while there are. */
  readonly calm: number;
  /** It is to be told now. */
  readonly isNew: boolean;
}

/** Nothing seen yet of a series that has a value each `everyMs`. */
export function watchAnomaly(everyMs: number): Anomaly {
  const perDay = Math.max(few, Math.min(dayMax, Math.round(86_400_000 / everyMs)));
  const nothing = { expected: null, residuals: [], deviation: null };
  return { perDay, ...nothing, strange: 0, calm: perDay, isNew: false };
}

/**
 * Takes a value. One that is negative or not finite is unknown and changes nothing. With `usual` it is
 * compared with that, and not with where the last ones were going: so what creeps up is found, too.
 */
export function takeAnomaly(anomaly: Anomaly, value: number, usual?: number): Anomaly {
  const { perDay, residuals, calm } = anomaly;
  const expected = usual === undefined ? anomaly.expected : Math.log1p(Math.max(0, usual));
  if (!(value >= 0 && value < Infinity)) {
    return anomaly.isNew ? { ...anomaly, isNew: false } : anomaly;
  }
  const level = Math.log1p(value);
  const residual = level - (expected ?? level);
  const deviation = deviationOf(residual, residuals);
  const isStrange = deviation !== null && Math.abs(deviation) > strangeAt;
  const strange = isStrange ? anomaly.strange + 1 : 0;
  return {
    perDay,
    expected: (expected ?? level) + weight * residual,
    residuals: [...residuals.slice(residuals.length < perDay ? 0 : 1), residual],
    deviation,
    strange,
    calm: strange >= inRow ? 0 : Math.min(perDay, calm + 1),
    isNew: strange === inRow && calm + 1 >= perDay,
  };
}

/** In standard deviations, told by the middle ones and by all but the outer fifth. */
function deviationOf(residual: number, residuals: readonly number[]): number | null {
  if (residuals.length < few) return null;
  const sorted = Float64Array.from(residuals).sort();
  const middle = at(sorted, .5);
  const reach = (at(sorted, .9) - at(sorted, .1)) / 2;
  const spread = at(sorted.map((one) => Math.abs(one - middle)).sort(), .5);
  const deviation = Math.max(perMad * spread, perReach * reach, leastRatio);
  return (residual - middle) / deviation;
}

const at = (sorted: Float64Array, q: number) => sorted[Math.floor(q * (sorted.length - 1))]!;
