/**
 * Commands between two samples of the host. Those that have ended tell what the others will want, so
 * the limit may grow once before the host is seen again.
 *
 * @module
 */
import type { Reading } from "../../messages/signals.ts";
import { known } from "./blind.ts";
import { roomOf } from "./pace.ts";

/** Since the last sample of the host. */
export interface Round {
  /** Commands that ran at that time. */
  readonly running: number;
  /** Commands that have ended since. */
  readonly ended: number;
  /** The limit has grown since. */
  readonly isOver: boolean;
}

/** The limit grows so many times, where there is room for that. */
const growth = 4;

/** The host was sampled just now. */
export const newRound = ({ commandsRunning }: Reading): Round => ({
  running: commandsRunning,
  ended: 0,
  isOver: false,
});

/**
 * The next limit: four times as high when as many commands have ended as may run, others wait, and
 * what those took leaves all of them within `cpuRatio` of the cores; from 2 a core to `most`.
 */
export function grown(
  limit: number,
  { running, ended, isOver }: Round,
  reading: Reading,
  cpuRatio: number,
  most: number,
): number {
  const { cores, commandCores, commandsQueued, commandsRunning } = reading;
  const isUsed = commandsQueued > 0 && commandsRunning >= .8 * limit;
  if (isOver || !isUsed || ended < limit || !known(commandCores)) return limit;
  const next = Math.max(limit, Math.min(growth * limit, most));
  const room = roomOf(reading, (cpuRatio - reading.cpuRatio!) * cores);
  return (next - running) * commandCores <= room ? next : limit;
}

/** The same round after one more reading. */
export const followed = (round: Round | null, { commandsFinished }: Reading): Round | null =>
  round && commandsFinished > 0 ? { ...round, ended: round.ended + commandsFinished } : round;
