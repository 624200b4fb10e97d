/**
 * How many commands may run. Their CPU is not seen in the worker that waits for them, so the host's
 * CPU paces them.
 *
 * @module
 */
import type { Reading } from "../../messages/signals.ts";
import { known } from "./blind.ts";
import { cautious } from "./limits.ts";

/** Share of the host's CPU at which nothing is left to win. */
const saturatedRatio = .97;
/** Share of the cores that commands may want whatever others take: who waits is in nobody's way. */
const lightRatio = .05;

/** Cores that more commands may want, of which `left` are free. */
export const roomOf = ({ cores }: Pick<Reading, "cores">, left: number): number =>
  Math.max(left, lightRatio * cores);

/** Whether so many commands are known to want next to nothing. */
function areLight(commands: number, { commandCores, cores }: Reading): boolean {
  return known(commandCores) && commands * commandCores <= lightRatio * cores;
}

/**
 * The next limit, once for each new sample of the host: doubled while commands wait, the present
 * limit is used and the CPU is below `cpuRatio`; a fifth less when it is saturated; from 2 a core to
 * `most`. Commands that want next to nothing grow on a busy host, too. `limit` null: at first.
 */
export function pace(
  limit: number | null,
  reading: Reading,
  cpuRatio: number,
  most: number,
): number {
  const least = cautious(reading);
  const now = Math.max(least, Math.min(limit ?? least, most));
  const isSaturated = reading.cpuRatio! >= saturatedRatio;
  if (isSaturated && !areLight(now, reading)) return Math.max(least, Math.floor(now * .8));
  const used = reading.commandsQueued > 0 && reading.commandsRunning >= .8 * now;
  const next = Math.max(now, Math.min(2 * now, most));
  return used && (reading.cpuRatio! < cpuRatio || areLight(next, reading)) ? next : now;
}
