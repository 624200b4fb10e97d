/**
 * How many commands may run. Their CPU is not seen in the worker that waits for them, so the host's
 * CPU paces them.
 *
 * @module
 */
import type { Reading } from "../../messages/signals.ts";
import { cautious } from "./limits.ts";

/** Share of the host's CPU at which nothing is left to win. */
const saturatedRatio = .97;

/**
 * The next limit, once for each new sample of the host: doubled while commands wait, the present
 * limit is used and `mayGrow`; a fifth less when the CPU is saturated; from 2 a core to `most`.
 * `limit` null: at first.
 */
export function pace(
  limit: number | null,
  reading: Reading,
  mayGrow: boolean,
  most: number,
): number {
  const least = cautious(reading);
  const now = Math.max(least, Math.min(limit ?? least, most));
  if (reading.cpuRatio! >= saturatedRatio) return Math.max(least, Math.floor(now * .8));
  const used = reading.commandsQueued > 0 && reading.commandsRunning >= .8 * now;
  return used && mayGrow ? Math.max(now, Math.min(2 * now, most)) : now;
}
