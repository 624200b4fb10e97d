/**
 * Time in words, for sentences that people read.
 *
 * @module
 */

/** `44 ms`, `27.7 s`, `12.5 min`, `1.5 h` */
export function span(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  const tenths = (unitMs: number) => Math.round(10 * ms / unitMs) / 10;
  if (ms < 120_000) return `${tenths(1_000)} s`;
  return ms < 7_200_000 ? `${tenths(60_000)} min` : `${tenths(3_600_000)} h`;
}
