/**
 * Holds a job to a share of CPU time by letting it rest: what it has had beyond its share it pays
 * for with time in which it is stopped. Nothing is forgotten, so the mean is right however late
 * each look comes.
 *
 * @module
 */

/** A job may have its share of this much time at once, ms. */
const periodMs = 100;
/** Time between looks while it runs, ms. */
const everyMs = 50;
/** Time without a look while it rests, ms: it may be something else by then. */
const restMaxMs = 1_000;

/** Where a job stands. */
export interface Duty {
  /** CPU time it has had beyond its share, ms; below zero: what it may have at once. */
  readonly debtMs: number;
  /** CPU time it was seen to have had last, and when. */
  readonly cpuMs: number;
  readonly atMs: number;
  readonly rests: boolean;
  /** When to look again. */
  readonly wakeAtMs: number;
}

/** A job that has had `cpuMs` when it is first looked at, and pays for none of it. */
export const duty = (cpuMs: number, nowMs: number): Duty => ({
  debtMs: 0,
  cpuMs,
  atMs: nowMs,
  rests: false,
  wakeAtMs: nowMs + everyMs,
});

/** Looks at a job that may have `cores` and has had `cpuMs` by now. */
export function look(before: Duty, cpuMs: number, nowMs: number, cores: number): Duty {
  // A process that has ended takes its time with it until its parent has waited for it.
  const most = Math.max(before.cpuMs, cpuMs);
  const savedMaxMs = periodMs * cores;
  const earnedMs = cores * Math.max(0, nowMs - before.atMs);
  // What it did not use is gone; what it could not use as its rest was too long is not.
  const keptMs = before.rests ? restMaxMs * cores : Math.max(savedMaxMs, -before.debtMs);
  const debtMs = Math.max(-keptMs, before.debtMs + most - before.cpuMs - earnedMs);
  const rests = before.rests ? debtMs > -savedMaxMs : debtMs > 0;
  const lengthMs = rests ? Math.min(restMaxMs, (debtMs + savedMaxMs) / cores) : everyMs;
  return { debtMs, cpuMs: most, atMs: nowMs, rests, wakeAtMs: nowMs + Math.max(1, lengthMs) };
}
