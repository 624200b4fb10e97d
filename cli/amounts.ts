/**
 * Times, shares and bytes for people.
 *
 * @module
 */

/** `12 ms`, `3.4 s`, `5m10s`, `2h03m`, `4d02h`; null is unknown. */
export function timeText(ms: number | null): string {
  if (ms === null) return "unknown";
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${(ms / 1_000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1_000);
  if (seconds < 3_600) return `${Math.floor(seconds / 60)}m${two(seconds % 60)}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 1_440) return `${Math.floor(minutes / 60)}h${two(minutes % 60)}m`;
  return `${Math.floor(minutes / 1_440)}d${two(Math.floor(minutes / 60) % 24)}h`;
}

const two = (value: number) => String(value).padStart(2, "0");

/** `42 %`; null is unknown. */
export function percentText(ratio: number | null): string {
  return ratio === null ? "unknown" : `${Math.round(ratio * 100)} %`;
}

const units = ["B", "kB", "MB", "GB", "TB", "PB"];

/** `1.2 MB`, in steps of 1,000; null is unknown. */
export function bytesText(bytes: number | null): string {
  if (bytes === null) return "unknown";
  let unit = 0;
  let shown = bytes;
  for (; shown >= 999.5 && unit < units.length - 1; unit++) shown /= 1_000;
  return `${shown < 9.95 && unit > 0 ? shown.toFixed(1) : Math.round(shown)} ${units[unit]}`;
}
