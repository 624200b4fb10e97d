/**
 * What a proof is made of: rows, each one line of what we promise and the way to measure it.
 *
 * @module
 */

/** What a row measured. */
export interface Measured {
  /** The number; NaN when it could not be taken. */
  readonly value: number;
  /** `ms`, `x`, `jobs`, … */
  readonly unit: string;
  /** What was promised, with its direction: `<= 250`. */
  readonly limit: string;
  readonly ok: boolean;
  /** Anything a reader should know: `p95 of 20 tries, worst 41 ms`. */
  readonly detail?: string;
}

/** One promise. */
export interface Row {
  /** The promise in words, as it stands in the plan. */
  readonly line: string;
  /** What the measuring needs and is not here, in words; null: nothing. Default: nothing. */
  missing?(): Promise<string | null>;
  /** Takes the measure. Throwing means that the promise does not hold. */
  run(): Promise<Measured>;
}

/** `value` must be <= `limit`. */
export function atMost(value: number, limit: number, unit: string, detail?: string): Measured {
  return measured(value, unit, `<= ${limit}`, value <= limit, detail);
}

/** `value` must be >= `limit`. */
export function atLeast(value: number, limit: number, unit: string, detail?: string): Measured {
  return measured(value, unit, `>= ${limit}`, value >= limit, detail);
}

/** `value` must be `limit`. */
export function exactly(value: number, limit: number, unit: string, detail?: string): Measured {
  return measured(value, unit, `= ${limit}`, value === limit, detail);
}

function measured(value: number, unit: string, limit: string, ok: boolean, detail?: string) {
  return { value, unit, limit, ok, ...(detail === undefined ? {} : { detail }) };
}
