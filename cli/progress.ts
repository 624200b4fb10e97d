/**
 * The progress line of `map`: how far, how fast, how long still, and why the pool last changed.
 *
 * @module
 */
import type { PoolStatus } from "../messages/status.ts";
import { cut } from "./columns.ts";
import { oneLine } from "./complain.ts";
import { sparkline } from "./sparkline.ts";

/** What the line is made of. */
export interface Progress {
  readonly succeeded: number;
  readonly failed: number;
  readonly running: number;
  /** Lines ended per second; null in the first moment. */
  readonly ratePerS: number | null;
  /** The same in the seconds before, oldest first. */
  readonly past?: readonly number[];
  /** null when the end of the input is not in sight. */
  readonly etaMs: number | null;
  readonly pool: Pick<PoolStatus, "workers" | "lastResize"> | null;
}

/** The progress as one line of at most `columns` characters. */
export function progressLine(progress: Progress, columns: number): string {
  const { succeeded, failed, running, ratePerS, past = [], etaMs, pool } = progress;
  const parts = [`${succeeded} done`];
  if (failed > 0) parts.push(`${failed} failed`);
  parts.push(`${running} running`);
  if (pool !== null) parts.push(`${pool.workers.ready} workers`);
  if (ratePerS !== null) {
    const course = past.length < 2 ? "" : ` ${sparkline(past, sparkChars)}`;
    parts.push(`${ratePerS.toFixed(ratePerS < 10 ? 1 : 0)}/s${course}`);
  }
  if (etaMs !== null) parts.push(`ETA ${clockTime(etaMs)}`);
  if (pool?.lastResize) {
    const { from, to, because } = pool.lastResize;
    parts.push(`${from} -> ${to}: ${because}`);
  }
  return cut(oneLine(parts.join(" · ")), columns);
}

/** Seconds that the course of the rate shows. */
export const sparkChars = 12;

/** How long the rest takes, ms; `share` of the input has been read, `open` lines of it not ended. */
export function etaMs(
  { ended, open, share, ratePerS }: {
    readonly ended: number;
    readonly open: number;
    readonly share: number | null;
    readonly ratePerS: number | null;
  },
): number | null {
  if (share === null || share <= 0 || !ratePerS) return null;
  const all = (ended + open) / Math.min(1, share);
  return Math.max(0, all - ended) / ratePerS * 1_000;
}

/** Measures a rate over the last `windowMs`. */
export function rateMeter(windowMs = 10_000): (total: number, nowMs: number) => number | null {
  const samples: { readonly total: number; readonly atMs: number }[] = [];
  return (total, nowMs) => {
    samples.push({ total, atMs: nowMs });
    while (samples.length > 2 && samples[1]!.atMs <= nowMs - windowMs) samples.shift();
    const first = samples[0]!;
    const elapsedMs = nowMs - first.atMs;
    return elapsedMs < 200 ? null : (total - first.total) * 1_000 / elapsedMs;
  };
}

/** Remembers how many ended in each of the last seconds. */
export function pastMeter(seconds: number = sparkChars) {
  const past: number[] = [];
  let second: { readonly atMs: number; readonly total: number } | null = null;
  return (total: number, nowMs: number): readonly number[] => {
    second ??= { atMs: nowMs, total };
    const elapsedMs = nowMs - second.atMs;
    if (elapsedMs >= 1_000) {
      past.push((total - second.total) * 1_000 / elapsedMs);
      if (past.length > seconds) past.shift();
      second = { atMs: nowMs, total };
    }
    return past;
  };
}

/** `59s`, `4m05s`, `2h03m`. */
function clockTime(ms: number): string {
  const seconds = Math.ceil(ms / 1_000);
  const two = (value: number) => String(value).padStart(2, "0");
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)}m${two(seconds % 60)}s`;
  return `${Math.floor(seconds / 3_600)}h${two(Math.floor(seconds / 60) % 60)}m`;
}

/** A line that is redrawn in place. */
export interface ProgressLine extends Disposable {
  /** Takes the line away before something else is written; the next redraw brings it back. */
  clear(): void;
}

/** Redraws `read()` on a terminal four times a second until disposed. */
export function showProgress(read: () => Progress, stream = Deno.stderr): ProgressLine {
  const encoder = new TextEncoder();
  let drawn = false;
  const clear = () => {
    if (drawn) stream.writeSync(encoder.encode("\r\x1b[K"));
    drawn = false;
  };
  const timer = setInterval(() => {
    // Some terminals do not know their width and say 0.
    const columns = Deno.consoleSize().columns || 80;
    stream.writeSync(encoder.encode(`\r\x1b[K${progressLine(read(), columns - 1)}`));
    drawn = true;
  }, 250);
  return {
    clear,
    [Symbol.dispose]: () => {
      clearInterval(timer);
      clear();
    },
  };
}
