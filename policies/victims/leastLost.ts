/**
 * Idle workers first, then those that lose least.
 *
 * @module
 */
import type { Occupant, VictimPolicy } from "./victim.ts";

/** Retires who has been idle longest; a busy worker only when no idle one is left. */
export const leastLost: VictimPolicy = {
  name: "leastLost",
  help: "Longest idle first, then fewest jobs running, fewest waiting there, youngest job.",
  choose: (workers, count) =>
    workers.toSorted(bySacrifice).slice(0, Math.max(0, count)).map(({ seat }) => seat),
};

/** Equal ones go by seat, highest first, so that the low seats stay filled. */
function bySacrifice(one: Occupant, other: Occupant): number {
  const idle = +(one.idleSinceMs === null) - +(other.idleSinceMs === null);
  return idle ||
    (one.idleSinceMs ?? 0) - (other.idleSinceMs ?? 0) ||
    one.running - other.running ||
    one.queued - other.queued ||
    (other.youngestSinceMs ?? 0) - (one.youngestSinceMs ?? 0) ||
    other.seat - one.seat;
}
