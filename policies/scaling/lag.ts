/**
 * How long the head of the queue may wait before a start is due. As late as a start still comes in
 * time; earlier where starts are slow or uncertain, and where little room is left, so that a pool
 * that will need all of it gets there soon.
 *
 * @module
 */
import type { Reading } from "../../messages/signals.ts";
import { known } from "./blind.ts";

/** Slowest start assumed before one was measured, ms. */
const startAssumedMs = 50;
/** From the decision to the spawn and from ready to the first job, ms. */
const marginMs = 20;

/** The least lag and the steps of it, ms: finer ones would be noise, and each a decision. */
const stepMs = 10;

/** The lag inside a wait of `waitMs` for a pool of at most `cap` workers, in steps of 10 ms. */
export function lag(reading: Reading, waitMs: number, cap: number): number {
  const { startP50Ms, startP99Ms } = reading;
  const measured = known(startP50Ms) && known(startP99Ms);
  const use = measured ? Math.min(.9, (waitMs - 2 * (startP99Ms - startP50Ms)) / waitMs) : .5;
  const slowest = known(startP99Ms) ? startP99Ms : startAssumedMs;
  const room = clamp((cap - reading.workers - reading.starting) / (.6 * cap), .25, 1);
  const exactMs = clamp(use * waitMs - slowest - marginMs, 0, waitMs) * room;
  return Math.max(Math.min(stepMs, waitMs), Math.round(exactMs / stepMs) * stepMs);
}

function clamp(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(most, value));
}
