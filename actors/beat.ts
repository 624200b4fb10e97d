/**
 * When a pool is looked at: by its rhythm while something is under way, seldom while it rests, and at
 * once when much comes.
 *
 * Looks lie on one grid of time. A pool that has work is looked at when it would have been looked at
 * without a rest before.
 *
 * @module
 */
import type { Turns } from "./loop.ts";
import type { Clock } from "./ports.ts";

/** Time between looks at a pool that rests, ms: what constraints say can't wait for longer. */
const restMs = 1_000;
/** Time between the looks that a burst asks for, ms, and how many follow the first. */
const burstMs = 25;
const burstLooks = 2;

/** What is looked at, and how often while it does something. */
export interface Beaten {
  readonly everyMs: number;
  look(): void;
  /** Nothing is under way, and has not been for a while. */
  isAtRest(): boolean;
}

/** A running rhythm. */
export interface Beat {
  /** Something came that can't wait: a look now, and others soon to see what it is. */
  burst(): void;
  /** The rest is over: the next look comes by the rhythm. */
  stir(): void;
}

/** Looks now, and from now on; ends with the loop whose `at` it is given. */
export function beat(clock: Clock, at: Turns<never>["at"], beaten: Beaten): Beat {
  const everyMs = Math.min(restMs, beaten.everyMs);
  let lookedMs = -Infinity;
  /** Point of the grid at which was looked last, or before it. */
  let pointMs = clock.nowMs();
  let isSlow = false;
  let isBursting = false;
  let disarm = () => {};

  function look() {
    lookedMs = clock.nowMs();
    beaten.look();
  }

  function arm(isRest: boolean) {
    isSlow = isRest;
    pointMs += Math.floor((clock.nowMs() - pointMs) / everyMs) * everyMs;
    const points = isSlow ? Math.floor(restMs / everyMs) : 1;
    disarm = at(pointMs + points * everyMs, ring);
  }

  function ring() {
    arm(beaten.isAtRest());
    look();
    if (!beaten.isAtRest()) stir();
  }

  function stir() {
    if (!isSlow) return;
    disarm();
    arm(false);
  }

  function again(left: number) {
    look();
    if (left === 0) isBursting = false;
    else at(clock.nowMs() + burstMs, () => again(left - 1));
  }

  look();
  arm(false);
  return {
    stir,
    burst() {
      if (isBursting) return;
      isBursting = true;
      at(Math.max(clock.nowMs(), lookedMs + burstMs), () => again(burstLooks));
    },
  };
}
