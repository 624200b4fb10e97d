/**
 * What an operation was seen to use, and how much memory its next job is expected to need.
 *
 * @module
 */
import {
  createDecaying,
  type Decaying,
  decayingOf,
  decayingQuantile,
  type DecayingRow,
  decayingRow,
  takeDecaying,
} from "./decaying.ts";

/** What is half forgotten: a day, as in Kubernetes' Vertical Pod Autoscaler. */
const halfLifeMs = 86_400_000;
/** Quantile that is reserved, and what is added to it after a few measurements. */
const quantile = 0.95;
const marginRatio = 0.15;
/** What is added after one measurement. */
const firstMarginRatio = 0.3;
/** Measurements from which on the margin shrinks, with their square root, and its least. */
const few = 5;
const leastMarginRatio = 0.05;
/** Expected of an operation that was never measured though it has run: its jobs are short. */
const shortBytes = 64 * 2 ** 20;
/** Most that is expected of an operation that never ran. */
const strangeBytes = 2 ** 30;
/** While nobody has seen it end, half as much is expected of it after each such time, ms. */
const beliefMs = 1_000;
/** And at least so many times as much as it was seen to have by then. */
const growth = 2;

/** What is known of one operation. */
export interface Footprint {
  readonly memoryBytes: Decaying;
  readonly cpuMs: Decaying;
  readonly durationMs: Decaying;
  /** Jobs of it that ended. */
  ended: number;
  /** Of these, those whose memory was measured. */
  measured: number;
  /** Monotonic: when the first of those that run began, while none has ended; null before. */
  sinceMs: number | null;
  /** Most memory that a running job of it was seen to have, while none was measured. */
  seenBytes: number;
  /** Quantile of memory, null where it must be found again. */
  quantileBytes: number | null;
}

/** Memory that a job may need: what is expected, and what that may be short of. */
export interface Need {
  readonly bytes: number;
  readonly marginBytes: number;
}

/** What an ended job has used; null where it was not measured. */
export interface Used {
  readonly peakBytes: number | null;
  readonly cpuSeconds: number | null;
  readonly durationMs: number;
}

/** A footprint as plain data, to be stored. */
export interface FootprintRow {
  readonly ended: number;
  readonly measured: number;
  readonly memoryBytes: DecayingRow;
  readonly cpuMs: DecayingRow;
  readonly durationMs: DecayingRow;
}

/** Of an operation that never ran. */
export const createFootprint = (): Footprint => ({
  memoryBytes: createDecaying(),
  cpuMs: createDecaying(),
  durationMs: createDecaying(),
  ended: 0,
  measured: 0,
  sinceMs: null,
  seenBytes: 0,
  quantileBytes: null,
});

/** A job has ended at the wall instant `at`. */
export function learn(footprint: Footprint, used: Used, at: number): void {
  footprint.ended++;
  takeDecaying(footprint.durationMs, used.durationMs, at, halfLifeMs);
  if (used.cpuSeconds !== null) {
    takeDecaying(footprint.cpuMs, used.cpuSeconds * 1_000, at, halfLifeMs);
  }
  if (used.peakBytes === null) return;
  footprint.measured++;
  footprint.quantileBytes = null;
  takeDecaying(footprint.memoryBytes, used.peakBytes, at, halfLifeMs);
}

/** What its next job is expected to need, where `budgetBytes` is all there is. */
export function needOf(footprint: Footprint, budgetBytes: number, nowMs: number): Need {
  if (footprint.measured > 0) {
    footprint.quantileBytes ??= decayingQuantile(footprint.memoryBytes, quantile)!;
    const bytes = Math.ceil(footprint.quantileBytes);
    return { bytes, marginBytes: Math.ceil(bytes * marginOf(footprint.measured)) };
  }
  const strange = Math.min(strangeBytes, Math.floor(budgetBytes / 2));
  const least = Math.min(shortBytes, strange);
  if (footprint.ended > 0) return { bytes: least, marginBytes: 0 };
  const ageMs = footprint.sinceMs === null ? 0 : Math.max(0, nowMs - footprint.sinceMs);
  const believed = Math.ceil(strange / 2 ** (ageMs / beliefMs));
  return { bytes: Math.max(least, growth * footprint.seenBytes, believed), marginBytes: 0 };
}

function marginOf(measured: number): number {
  if (measured <= few) return Math.max(marginRatio, firstMarginRatio / measured);
  return Math.max(leastMarginRatio, marginRatio * Math.sqrt(few / measured));
}

/** What a job that ran out of memory is tried again with: a fifth more, or 100 MB. */
export const moreBytes = (bytes: number): number =>
  Math.max(Math.ceil(bytes * 1.2), bytes + 100_000_000);

/** As plain data. */
export const footprintRow = (footprint: Footprint): FootprintRow => ({
  ended: footprint.ended,
  measured: footprint.measured,
  memoryBytes: decayingRow(footprint.memoryBytes),
  cpuMs: decayingRow(footprint.cpuMs),
  durationMs: decayingRow(footprint.durationMs),
});

/** From plain data; null where it is none of ours. */
export function footprintOf(row: unknown): Footprint | null {
  if (typeof row !== "object" || row === null) return null;
  const { ended, measured, ...rows } = row as Partial<FootprintRow>;
  const memoryBytes = decayingOf(rows.memoryBytes ?? {});
  const cpuMs = decayingOf(rows.cpuMs ?? {});
  const durationMs = decayingOf(rows.durationMs ?? {});
  if (!memoryBytes || !cpuMs || !durationMs) return null;
  if (!Number.isSafeInteger(ended) || ended! < 0) return null;
  if (!Number.isSafeInteger(measured) || measured! < 0 || measured! > ended!) return null;
  if (measured! > 0 !== memoryBytes.total > 0) return null;
  return {
    ...createFootprint(),
    memoryBytes,
    cpuMs,
    durationMs,
    ended: ended!,
    measured: measured!,
  };
}
