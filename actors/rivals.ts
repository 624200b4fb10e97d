/**
 * Lanes whose jobs wait for the same places, as limits on running jobs hold them back: a place that
 * is free again is for the first of all their jobs.
 *
 * @module
 */
import type { Lane } from "./lane.ts";
import { Turnstile } from "./sequence.ts";
import { precedes } from "./turns/precedes.ts";

/** One turn of so many is for the job that waits longest, of whatever class. */
const turns = 8;

/** The lanes that wait. */
export class Rivals {
  readonly #waiting = new Set<Lane>();
  readonly #turnstile = new Turnstile();

  get size(): number {
    return this.#waiting.size;
  }

  /** Whether others than `lane` wait. */
  areOther(lane: Lane): boolean {
    return this.size > (this.#waiting.has(lane) ? 1 : 0);
  }

  /** All of them. */
  get waiting(): Iterable<Lane> {
    return this.#waiting;
  }

  /** Jobs of `lane` are held back. */
  add(lane: Lane): void {
    this.#waiting.add(lane);
  }

  /** Jobs of `lane` are held back no more. */
  forget(lane: Lane): void {
    this.#waiting.delete(lane);
  }

  /** Lets lanes begin a job each, the next one first, until none can; they are forgotten then. */
  takeTurns(begin: (lane: Lane) => boolean): void {
    const lanes = [...this.#waiting].filter(({ queued }) => queued > 0);
    this.#waiting.clear();
    while (lanes.length > 0) {
      const isOwed = this.#turnstile.isOwed(turns);
      const at = lanes.reduce(
        (best, lane, i) => isEarlier(lane, lanes[best]!, isOwed) ? i : best,
        0,
      );
      const lane = lanes[at]!;
      const isBegun = begin(lane);
      if (isBegun) this.#turnstile.pass(isOwed);
      if (!isBegun || lane.queued === 0) lanes.splice(at, 1);
    }
  }
}

function isEarlier(one: Lane, other: Lane, isOwed: boolean): boolean {
  if (isOwed) return one.headSinceMs() < other.headSinceMs();
  const [mine, theirs] = [one.first, other.first];
  return mine !== undefined && (theirs === undefined || precedes(mine, theirs));
}
