/**
 * A pool does not grow and shrink in turn.
 *
 * @module
 */
import { z } from "zod/mini";
import { known } from "../scaling/blind.ts";
import { constraint } from "./constraint.ts";

const options = z.strictObject({
  reversalsMax: z._default(z.nullable(z.int().check(z.minimum(2), z.maximum(60))), 2).check(
    z.describe("Times a minute that a size may turn from growth to shrinking, or back."),
  ),
});

/** The time in which they are counted, ms. */
const windowMs = 60_000;

/** What is remembered. */
interface Course {
  /** The size at the last look; null: there was none. */
  readonly workers: number | null;
  /** Where it went last: 1 up, -1 down, 0 nowhere yet. */
  readonly way: -1 | 0 | 1;
  /** When it turned, monotonic ms, within the window. */
  readonly turnsMs: readonly number[];
}

/**
 * Holds the size of a pool that has turned too often. Growth is never held: whoever has shrunk may have
 * to grow again, so that the last turn that is left is kept for it.
 */
export const reversals = constraint({
  name: "reversals",
  help: "Lets the size turn from growth to shrinking and back only so often.",
  options,
  start: (): Course => ({ workers: null, way: 0, turnsMs: [] }),
  remember({ workers, way, turnsMs }: Course, reading): Course {
    const { nowMs } = reading;
    const size = reading.workers + reading.starting;
    if (!known(size) || !known(nowMs)) return { workers, way, turnsMs };
    const isOld = turnsMs.length > 0 && turnsMs[0]! <= nowMs - windowMs;
    const kept = isOld ? turnsMs.filter((atMs) => atMs > nowMs - windowMs) : turnsMs;
    const now = Math.sign(size - (workers ?? size)) as Course["way"];
    if (now === 0) return { workers: size, way, turnsMs: kept };
    const hasTurned = way !== 0 && now !== way;
    return { workers: size, way: now, turnsMs: hasTurned ? [...kept, nowMs] : kept };
  },
  constrain(_reading, { reversalsMax }, { workers, way, turnsMs }: Course) {
    if (reversalsMax === null || workers === null || way !== 1) return null;
    if (turnsMs.length + 2 <= reversalsMax) return null;
    const because =
      `the size has turned ${turnsMs.length === 1 ? "once" : `${turnsMs.length} times`}` +
      ` in a minute, at most ${reversalsMax} turns may be`;
    return { floor: workers, because };
  },
  idle: (_reading, { reversalsMax }) =>
    reversalsMax === null ? "the size may turn at any time" : null,
});
