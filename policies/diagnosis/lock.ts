/**
 * A lock: more workers do no more than one or two.
 *
 * @module
 */
import { fullness, growth, outside, stalled, type Suspect } from "./cause.ts";

/**
 * Fewer jobs at once than this are one after another: what a job takes undisturbed has some waiting
 * for the lock in it, twice its own time where the lock is held for half of the time.
 */
export const oneByOne = 2.5;

/** Jobs go on one after another, however many run. */
export const lock: Suspect = {
  name: "lock",
  examine(sight) {
    const atOnce = stalled(sight, "slow");
    if (atOnce === 0 || atOnce >= oneByOne) return null;
    return {
      score: .95 * (1 - .8 * fullness(sight)),
      because: "Jobs go on one after another: they wait for a lock, or for what has one",
      evidence: growth(sight),
      fix: outside("What they share has to be held shorter, or be divided; workers don't help"),
    };
  },
};
