/**
 * Results for people: a table, and a curve of one line.
 *
 * @module
 */
import type { Run } from "./variant.ts";
import type { Size } from "./watch.ts";

const MiB = 2 ** 20;

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

/** The variants' runs side by side. */
export function compare(runs: readonly (readonly [name: string, run: Run])[]): string {
  const head = ["variant", "files/s", "ms/file", "peak CPU", "RSS MiB", "PSS MiB", "workers"];
  return table(
    head,
    runs.map(([name, run]) => [
      name,
      Math.round(run.filesPerS).toLocaleString("en"),
      run.msPerFile.toFixed(3),
      `${Math.round(run.peakCpuRatio * 100)} %`,
      (run.peakRssBytes / MiB).toFixed(0),
      (run.peakPssBytes / MiB).toFixed(0),
      sparkline(run.workers, run.elapsedMs),
    ]),
  );
}

const bars = "▁▂▃▄▅▆▇█";

/** Size of the pool over `forMs` in `width` bars, with its range: `1..6 ▁▄███`. */
export function sparkline(sizes: readonly Size[], forMs: number, width = 24): string {
  const workers = sizes.map(([, count]) => count);
  const highest = Math.max(1, ...workers);
  const range = `${Math.min(...workers)}..${highest}`;
  let curve = "";
  for (let i = 0; i < width; i++) {
    const now = sizes.findLast(([atMs]) => atMs <= (i + 0.5) * forMs / width) ?? sizes[0];
    curve += bars[Math.ceil((now?.[1] ?? 0) / highest * (bars.length - 1))];
  }
  return `${range.padEnd(6)} ${curve}`;
}
