/**
 * Results for people: a table, and a curve of one line.
 *
 * @module
 */
import type { Seen, Size } from "./watch.ts";

/** Bytes of a MiB. */
export const MiB = 2 ** 20;

/** Rows under a head, columns as wide as their widest cell; numbers stand right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, ...rows];
  const widths = head.map((_, i) => Math.max(...lines.map((line) => line[i]?.length ?? 0)));
  return lines.map((line) =>
    line.map((cell, i) =>
      i === 0 || i === head.length - 1 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)
    ).join("  ").trimEnd()
  ).join("\n");
}

/** One line of {@link compare}. */
export interface Row extends Seen {
  readonly name: string;
  readonly filesPerS: number;
  readonly msPerFile: number;
  readonly elapsedMs: number;
}

/** Variants side by side under a `title`. */
export function compare(title: string, rows: readonly Row[]): string {
  return table(
    [title, "files/s", "ms/file", "peak CPU", "RSS MiB", "PSS MiB", "workers"],
    rows.map((row) => [
      row.name,
      Math.round(row.filesPerS).toLocaleString("en"),
      row.msPerFile.toFixed(3),
      `${Math.round(row.peakCpuRatio * 100)} %`,
      (row.peakRssBytes / MiB).toFixed(0),
      (row.peakPssBytes / MiB).toFixed(0),
      sparkline(row.workers, row.elapsedMs),
    ]),
  );
}

const bars = "▁▂▃▄▅▆▇█";

/** Size of the pool over `forMs` in `width` bars, with its range: `1..6 ▁▄███`. */
export function sparkline(sizes: readonly Size[], forMs: number, width = 24): string {
  const workers = sizes.map(([, count]) => count);
  const highest = Math.max(...workers);
  const range = `${Math.min(...workers)}..${highest}`;
  let curve = "";
  for (let i = 0; i < width; i++) {
    const now = sizes.findLast(([atMs]) => atMs <= (i + 0.5) * forMs / width) ?? sizes[0];
    curve += bars[Math.ceil((now?.[1] ?? 0) / Math.max(1, highest) * (bars.length - 1))];
  }
  return `${range.padEnd(6)} ${curve}`;
}
