/**
 * The lengths of slots, and how long slots of each are kept.
 *
 * @module
 */
import type { Step } from "../../messages/series.ts";

const [minuteMs, hourMs, dayMs] = [60_000, 3_600_000, 86_400_000];

/** Shortest first: each lies in one of the next. */
export const steps = ["10s", "1m", "1h", "1d"] as const satisfies readonly Step[];

/** Length of a slot. */
export const stepMs: Readonly<Record<Step, number>> = {
  "10s": 10_000,
  "1m": minuteMs,
  "1h": hourMs,
  "1d": dayMs,
};

/** How long it is kept after its begin: 3 h, 2 d, 60 d and 2 years. */
export const keptMs: Readonly<Record<Step, number>> = {
  "10s": 3 * hourMs,
  "1m": 2 * dayMs,
  "1h": 60 * dayMs,
  "1d": 730 * dayMs,
};

/** Begin of the slot that `wallMs` lies in; days are those of UTC. */
export const slotAt = (step: Step, wallMs: number): number =>
  Math.floor(wallMs / stepMs[step]) * stepMs[step];
