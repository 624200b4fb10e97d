/**
 * Tries sizes and keeps the one where another worker stops being worth it.
 *
 * What a size brings is what it gets done, less a price for each worker. It is measured only while
 * jobs wait: where none does, a larger pool would get nothing more done.
 *
 * @module
 */
import { z } from "zod/mini";
import type { Reading } from "../../messages/signals.ts";
import { emptyTally, nextTally, type Tally, tally } from "../estimators/tally.ts";
import { largest } from "../largest.ts";
import { scalingPolicy } from "../policy.ts";
import { blind } from "./blind.ts";
import { begin, best, done, narrowed, type Search } from "./search.ts";
import { held, present, readable, size } from "./size.ts";

const options = z.strictObject({
  worthRatio: z._default(z.number().check(z.minimum(.01), z.maximum(.99)), .3).check(
    z.describe("What one more worker must bring, of what the best size brings for each."),
  ),
  windowMs: z._default(z.number().check(z.minimum(500)), 5_000).check(
    z.describe("Time for which a size is measured, once it is there."),
  ),
  restMs: z._default(z.number().check(z.minimum(1_000)), 600_000).check(
    z.describe("How long a size that was found holds before it is looked for again."),
  ),
  workersMax: z._default(z.nullable(z.int().check(z.positive())), null).check(
    z.describe("Most workers. Null: as many as the pool may have, or 12 a core and at most 100."),
  ),
});

interface Memory {
  readonly workers: number | null;
  readonly search: Search | null;
  readonly window: Tally;
  /** Until when the size that was found holds, monotonic ms. */
  readonly restMs: number;
  readonly because: string;
}

/** Doubles, then halves the gap, and rests: about as many windows as the size has bits, twice. */
export const explore = scalingPolicy({
  name: "explore",
  help: "Tries sizes while jobs wait and keeps the one where another worker isn't worth it.",
  options,
  tunes: true,
  everyMs: () => 1_000,
  start: (): Memory => ({
    workers: null,
    search: null,
    window: emptyTally,
    restMs: 0,
    because: "no job has waited yet",
  }),
  step: (memory, reading, options) => {
    const workers = memory.workers ?? present(reading);
    const unseen = blind(reading);
    if (unseen !== null) {
      return [held(workers, reading, unseen), { ...memory, workers, window: emptyTally }];
    }
    const before = { ...memory, workers };
    const rests = reading.nowMs < memory.restMs || reading.brownout;
    const next = rests ? { ...before, window: emptyTally } : tried(before, reading, options);
    const asked = reading.queued > 0 ? Math.max(1, next.workers) : next.workers;
    return [size(asked, next.because), { ...next, workers: asked }];
  },
});

type Trial = Memory & { readonly workers: number };

function tried(memory: Trial, reading: Reading, o: z.infer<typeof options>): Trial {
  const { workers } = memory;
  // A size is measured from when it is there.
  if (reading.workers !== workers) return { ...memory, window: emptyTally };
  const window = tally(memory.window, reading);
  const passedMs = reading.nowMs - window.sinceMs!;
  if (passedMs < o.windowMs) return { ...memory, window };
  const empty = nextTally(reading.nowMs);
  if (window.queued === 0) {
    // Stopped early: nobody waits, and those who idled throughout are not needed.
    const used = Math.max(1, workers - Math.min(window.idle, workers));
    const because = used < workers ? `${workers - used} workers idle` : "no job waits";
    return { ...memory, workers: used, search: null, window: empty, because };
  }
  const most = o.workersMax ?? largest(reading.cores);
  const perS = window.finished / passedMs * 1_000;
  const search = narrowed(memory.search ?? begin(most), { workers, perS }, o.worthRatio);
  if (!done(search)) {
    const because = `tries ${search.next} workers, ${workers} end ${readable(perS)} jobs/s`;
    return { ...memory, workers: search.next, search, window: empty, because };
  }
  const found = best(search, o.worthRatio);
  return {
    workers: found.workers,
    search: null,
    window: emptyTally,
    restMs: reading.nowMs + o.restMs,
    because: `${found.workers} workers end ${readable(found.perS)} jobs/s, more aren't worth it`,
  };
}
