/**
 * Jobs at once, limited by how much longer they run than they would alone.
 *
 * After Netflix's Gradient2, with what its users found missing: a lost job is a loss, whatever its
 * time (concurrency-limits #134, #176); a time that stays the same because everybody runs into the
 * same timeout is no reason to grow (#137); room is added only where nothing has become slower and
 * the room there is was used (#134).
 *
 * @module
 */
import { z } from "zod/mini";
import { emptyTally, nextTally, type Tally, tally } from "../estimators/tally.ts";
import { scalingPolicy } from "../policy.ts";
import { blind } from "./blind.ts";
import { lost } from "./losses.ts";
import { readable } from "./size.ts";
import { under } from "./under.ts";

const options = z.strictObject({
  initialJobs: z._default(z.int().check(z.positive()), 20).check(
    z.describe("Jobs at once at first."),
  ),
  leastJobs: z._default(z.int().check(z.positive()), 4).check(
    z.describe("Never fewer than these."),
  ),
  mostJobs: z._default(z.int().check(z.positive()), 1_000).check(
    z.describe("Never more than these."),
  ),
  tolerancePercent: z._default(z.number().check(z.minimum(100)), 150).check(
    z.describe("Run time, of that without load, that is still none the slower (Gradient2: 150 %)."),
  ),
  roomJobs: z._default(z.int().check(z.positive()), 4).check(
    z.describe("What the limit wants to grow by at a time (Gradient2: 4)."),
  ),
  lossRatio: z._default(z.number().check(z.minimum(0), z.maximum(1)), .05).check(
    z.describe("Share of jobs that time out above which the limit falls."),
  ),
  lateMs: z._default(z.nullable(z.number().check(z.positive())), null).check(
    z.describe("Mean run time that counts as lost. Null: none does."),
  ),
  windowMs: z._default(z.number().check(z.minimum(100)), 1_000).check(
    z.describe("Time over which run times are looked at; longer while few jobs end."),
  ),
});

/** Weights of a window: in the limit, and in the run time without load (of 600, as in Gradient2). */
const smoothing = .2;
const slow = 2 / 601;
/** And where that is only seen at the least limit: work that has become slower, or a timeout? */
const doubtful = slow / 2;
const relief = .05;
/** Windows after which the run time without load is known. */
const windowsKnown = 10;
/** Jobs that make a window, and windows after which fewer do. */
const windowJobs = 10;
const windowsMax = 5;

interface Memory {
  readonly limit: number | null;
  /** Run time without load; null: none was seen. */
  readonly aloneMs: number | null;
  /** Windows that it was learnt from. */
  readonly windows: number;
  readonly window: Tally;
  readonly because: string;
}

/** Falls when jobs slow each other down or get lost, and grows while it is used and neither is so. */
export const gradient = scalingPolicy({
  name: "gradient",
  help: "Limits jobs at once by how much longer they run than alone; lost jobs make it fall.",
  options,
  tunes: true,
  everyMs: () => 1_000,
  start: (): Memory => ({
    limit: null,
    aloneMs: null,
    windows: 0,
    window: emptyTally,
    because: "at first",
  }),
  step: (memory, reading, options) => {
    const { initialJobs, leastJobs, mostJobs, windowMs } = options;
    const least = Math.min(leastJobs, mostJobs);
    const limit = memory.limit ?? Math.max(least, Math.min(mostJobs, initialJobs));
    const unseen = blind(reading);
    if (unseen !== null) {
      return propose({ ...memory, limit, window: emptyTally, because: `held: ${unseen}` });
    }
    const window = tally(memory.window, reading);
    const { finished, running, sinceMs } = window;
    const passedMs = reading.nowMs - sinceMs!;
    const few = finished < windowJobs && passedMs < windowsMax * windowMs;
    if (finished === 0 || passedMs < windowMs || few) return propose({ ...memory, limit, window });

    const nowMs = window.runMs / finished;
    const alone = memory.aloneMs ?? nowMs;
    const loss = lost(window, options);
    // Jobs that don't use half of the limit are not slowed down by it, and a first few tell little.
    const isUsed = running >= limit / 2;
    const isKnown = memory.windows >= windowsKnown;
    const gradient = loss !== null
      ? .5
      : isUsed && isKnown
      ? Math.max(.5, Math.min(1, options.tolerancePercent / 100 * alone / Math.max(nowMs, 1e-6)))
      : 1;
    const aim = limit * gradient + (gradient === 1 && isUsed ? options.roomJobs : 0);
    const next = Math.max(least, Math.min(mostJobs, limit + smoothing * (aim - limit)));
    const because = loss ?? `jobs run for ${readable(nowMs)} ms, ${readable(alone)} ms alone`;
    // At the least limit nobody is in anybody's way: what is seen there is the time alone.
    const weight = loss !== null
      ? 0
      : gradient === 1
      ? Math.max(slow, 1 / (memory.windows + 1))
      : limit === least
      ? doubtful
      : 0;
    return propose({
      limit: next,
      aloneMs: loss === null ? learnt(alone, nowMs, weight) : memory.aloneMs,
      windows: memory.windows + (weight > 0 ? 1 : 0),
      window: nextTally(reading.nowMs),
      because,
    });
  },
});

/** Slowly up, and quickly down when it was twice too much. */
function learnt(aloneMs: number, nowMs: number, weight: number): number {
  const mean = aloneMs + weight * (nowMs - aloneMs);
  return mean > 2 * nowMs ? mean - relief * (mean - nowMs) : mean;
}

function propose(memory: Memory & { readonly limit: number }) {
  const limit = Math.floor(memory.limit);
  return [under({ cap: limit, runningMax: limit }, memory.because), memory] as const;
}
