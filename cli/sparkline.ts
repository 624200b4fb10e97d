/**
 * The course of a number in a few characters.
 *
 * @module
 */

const bars = "▁▂▃▄▅▆▇█";

/** The latest `width` values, the highest of them as a full bar; 0 is the lowest bar. */
export function sparkline(values: readonly number[], width: number): string {
  const shown = width < 1 ? [] : values.slice(-width);
  const most = Math.max(0, ...shown);
  return shown.map((value) => {
    const share = most === 0 ? 0 : Math.max(0, value) / most;
    return bars[Math.min(bars.length - 1, Math.ceil(share * (bars.length - 1)))]!;
  }).join("");
}
