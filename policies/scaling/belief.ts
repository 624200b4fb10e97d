/**
 * What workers are believed to want of the cores, and what feeding them wants. What is seen first is
 * what it takes to begin.
 *
 * @module
 */
import type { Reading } from "../../messages/signals.ts";
import { type Ewma, smooth, smoothOver, unmeasured } from "../estimators/ewma.ts";
import { known } from "./blind.ts";

/** What has been seen. */
export interface Belief {
  /** Share of time a busy worker wants a core. */
  readonly demand: Ewma;
  /** Since when it is known, monotonic ms; null: it is not. */
  readonly demandSinceMs: number | null;
  /** The same of the thread that feeds them. */
  readonly own: Ewma;
}

/** After so long, what feeding the workers wanted before counts half, ms: taking in a burst is no feeding. */
const ownHalfLifeMs = 500;
/**
 * What workers want at first is what it takes to begin: while a core has none yet, it is believed only
 * after so long, ms, unless jobs hold their threads. Jobs that wait fill their slots meanwhile.
 */
const doubtedMs = 150;
/** Held for so much of its time, a thread has no room for others. */
const heldHighRatio = .9;
/** Of the time in which a thread wanted a core, without one for more of it, it is others who hold it. */
const starvedHighRatio = .5;
/** Two workers that want so much leave no core to who feeds them. */
const demandHighRatio = .5;

/** Nothing has been seen. */
export const noBelief: Belief = {
  demand: unmeasured,
  demandSinceMs: null,
  own: { ...unmeasured, value: 0 },
};

/** Takes in what the workers show. */
export function believe({ demand: before, demandSinceMs, own }: Belief, reading: Reading): Belief {
  const { nowMs, workerDemandRatio, ownDemandRatio } = reading;
  const demand = smooth(before, workerDemandRatio, .1);
  return {
    demand,
    demandSinceMs: demand.value === null ? null : demandSinceMs ?? nowMs,
    // Only together with theirs: while they idle, so do we.
    own: workerDemandRatio === null
      ? { ...own, atMs: nowMs }
      : smoothOver(own, ownDemandRatio, nowMs, ownHalfLifeMs),
  };
}

/** What a busy worker wants of a core; null while that is not known or not sure. */
export function believed({ demand, demandSinceMs }: Belief, reading: Reading): number | null {
  const { nowMs, heldRatio, workers, cores } = reading;
  if (demandSinceMs === null || nowMs - demandSinceMs >= doubtedMs) return demand.value;
  const isSure = workers >= Math.ceil(cores) || !known(heldRatio) || isHeld(reading);
  return isSure ? demand.value : null;
}

/** Whether jobs hold the threads; one that has no core is held by whoever has it. */
function isHeld({ heldRatio, workerStarvedRatio: starved }: Reading): boolean {
  return heldRatio! >= heldHighRatio && !(known(starved) && starved > starvedHighRatio);
}

/**
 * What feeding the workers wants. At first it counts as it is now where they want much themselves: one
 * too many takes more from the others than it loses by coming later.
 */
export function feeding({ demand, demandSinceMs, own }: Belief, reading: Reading): number | null {
  const isNew = demandSinceMs !== null && reading.nowMs - demandSinceMs < 2 * ownHalfLifeMs;
  if (!isNew || (demand.value ?? 0) < demandHighRatio) return own.value;
  return Math.max(own.value ?? 0, reading.ownDemandRatio ?? 0);
}
