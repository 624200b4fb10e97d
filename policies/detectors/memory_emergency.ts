/**
 * Whether the host runs out of memory: somebody waits for it for a tenth of the time, or hardly any
 * is left. Where all wait (PSI full), some do.
 *
 * @module
 */
import type { Reading } from "../../messages/signals.ts";
import { known } from "../scaling/blind.ts";

/** Share of time in which somebody waits for memory (PSI some avg10) that is an emergency. */
const stalledHighRatio = .1;
/** Share of memory in use that is an emergency. */
const usedHighRatio = .95;
/** It is over when the waiting has halved and so much more is free. */
const freedRatio = .05;

/** What is seen of memory. */
export type MemorySight = Pick<Reading, "memoryRatio" | "memoryPressureRatio">;

/** Whether it is an emergency, where it `was` one or not. What is unknown counts as nothing. */
export function isEmergency(was: boolean, { memoryRatio, memoryPressureRatio }: MemorySight) {
  const stalled = known(memoryPressureRatio) ? memoryPressureRatio : 0;
  const used = known(memoryRatio) ? memoryRatio : 0;
  return was
    ? stalled >= stalledHighRatio / 2 || used >= usedHighRatio - freedRatio
    : stalled > stalledHighRatio || used > usedHighRatio;
}

/** `97 % used, stalled 12 % of the time` */
export const memoryWords = ({ memoryRatio, memoryPressureRatio }: MemorySight): string =>
  `${percent(memoryRatio)} used, stalled ${percent(memoryPressureRatio)} of the time`;

const percent = (ratio: number | null) =>
  known(ratio) ? `${Math.round(ratio * 100)} %` : "an unknown share";
