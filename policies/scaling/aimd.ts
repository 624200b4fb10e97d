/**
 * Jobs at once: one more while all goes well, a tenth less when jobs get lost.
 *
 * @module
 */
import { z } from "zod/mini";
import { emptyTally, nextTally, type Tally, tally } from "../estimators/tally.ts";
import { scalingPolicy } from "../policy.ts";
import { blind } from "./blind.ts";
import { lost } from "./losses.ts";
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
  backoffRatio: z._default(z.number().check(z.minimum(.1), z.maximum(.99)), .9).check(
    z.describe("What is left of the limit after a loss."),
  ),
  lossRatio: z._default(z.number().check(z.minimum(0), z.maximum(1)), .05).check(
    z.describe("Share of jobs that time out above which it is a loss."),
  ),
  lateMs: z._default(z.nullable(z.number().check(z.positive())), 5_000).check(
    z.describe("Mean run time that counts as lost (Netflix: 5 s). Null: none does."),
  ),
  windowMs: z._default(z.number().check(z.minimum(100)), 1_000).check(
    z.describe("Time between two changes."),
  ),
});

interface Memory {
  readonly limit: number | null;
  readonly window: Tally;
  readonly because: string;
}

/** Additive increase, multiplicative decrease: finds the limit of what lies behind the jobs. */
export const aimd = scalingPolicy({
  name: "aimd",
  help: "Limits jobs at once: one more while all goes well, a tenth less when jobs are lost.",
  options,
  tunes: true,
  everyMs: () => 1_000,
  start: (): Memory => ({ limit: null, window: emptyTally, because: "at first" }),
  step: (memory, reading, options) => {
    const { initialJobs, leastJobs, mostJobs, windowMs, backoffRatio } = options;
    const least = Math.min(leastJobs, mostJobs);
    const limit = memory.limit ?? Math.max(least, Math.min(mostJobs, initialJobs));
    const unseen = blind(reading);
    if (unseen !== null) {
      return propose({ limit, window: emptyTally, because: `held: ${unseen}` });
    }
    const window = tally(memory.window, reading);
    const isOver = reading.nowMs - window.sinceMs! >= windowMs && window.finished > 0;
    if (!isOver) return propose({ ...memory, limit, window });

    const loss = lost(window, options);
    const isUsed = window.running >= limit / 2;
    const next = loss !== null ? limit * backoffRatio : isUsed ? limit + 1 : limit;
    return propose({
      limit: Math.max(least, Math.min(mostJobs, next)),
      window: nextTally(reading.nowMs),
      because: loss ?? (isUsed ? "no job was lost, one more" : "the limit is not used"),
    });
  },
});

function propose(memory: Memory & { readonly limit: number }) {
  const limit = Math.floor(memory.limit);
  return [under({ cap: limit, runningMax: limit }, memory.because), memory] as const;
}
