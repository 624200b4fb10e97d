/**
 * How many workers would do for what there is to do, where jobs mostly wait.
 *
 * @module
 */
import { type Ewma, smoothOver, unmeasured } from "../estimators/ewma.ts";

/** What was seen of a thread, in totals since its worker's start; times in ms. */
export interface Seen {
  /** When, monotonic ms. */
  readonly atMs: number;
  /** Jobs that had ended. */
  readonly served: number;
  /** Jobs held it. */
  readonly heldMs: number;
  /** It was on a core. */
  readonly ranMs: number;
  /** It was ready, and had none. */
  readonly waitedMs: number;
}

/** What a thread did lately. */
export interface Share {
  readonly seen: Seen;
  /** Share of its time in which it was held or wanted a core. */
  readonly ratio: Ewma;
  /** How long a job held it, ms. */
  readonly heldMs: Ewma;
}

/** What all workers of a kind do. */
export interface Work {
  /** Threads that it takes. */
  readonly threads: number;
  /** Workers whose slots it fills. */
  readonly slots: number;
  /** How long a job holds a thread where it does so longest, ms. */
  readonly heldMs: number;
}

/** How much of its thread and of its slots a worker may have in use. */
export interface Fill {
  readonly threadRatio: number;
  readonly slotsRatio: number;
}

/** What there is to do fits into as many workers as have no more than that. */
export const fits: Fill = { threadRatio: .25, slotsRatio: .5 };
/** It does no longer fit above that. */
export const tight: Fill = { threadRatio: .5, slotsRatio: .75 };

/** Jobs that hold a thread for longer than this in the mean, ms, are kept apart as far as may be. */
const heldLongMs = 2;
/** What a thread does is smoothed with this half-life, ms. */
const halfLifeMs = 1_000;

/** Takes in what is seen of a thread now. */
export function share(before: Share | null, seen: Seen): Share {
  if (before === null) return { seen, ratio: unmeasured, heldMs: unmeasured };
  const { atMs, served, heldMs, ranMs, waitedMs } = before.seen;
  const holdsMs = seen.heldMs - heldMs;
  const wantsMs = Math.max(holdsMs, seen.ranMs + seen.waitedMs - ranMs - waitedMs);
  const heldEachMs = holdsMs / Math.max(1, seen.served - served);
  return {
    seen,
    ratio: smoothOver(before.ratio, wantsMs / (seen.atMs - atMs), seen.atMs, halfLifeMs),
    heldMs: smoothOver(before.heldMs, heldEachMs, seen.atMs, halfLifeMs),
  };
}

/** How many workers do with it. */
export function enough(
  { threads, slots, heldMs }: Work,
  { threadRatio, slotsRatio }: Fill,
): number {
  if (heldMs > heldLongMs) return Infinity;
  return Math.max(1, Math.ceil(threads / threadRatio), Math.ceil(slots / slotsRatio));
}
