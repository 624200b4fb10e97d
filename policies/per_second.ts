/**
 * Rates in words.
 *
 * @module
 */

/** Rates below this are not told apart. */
const least = 0.001;

/** A rate with two digits that say something, more where it is larger: `0.033`, `1.5`, `120`. */
export function perS(rate: number): string {
  if (rate > 0 && rate < least) return `less than ${least}`;
  return rate >= 9.95 ? String(Math.round(rate)) : String(Number(rate.toPrecision(2)));
}
