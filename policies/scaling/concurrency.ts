/**
 * The Knative Pod Autoscaler's rule: as many workers as there are jobs at once, over a minute, or
 * over seconds when they come in a rush.
 *
 * @module
 */
import { z } from "zod/mini";
import type { Reading } from "../../messages/signals.ts";
import { scalingPolicy } from "../policy.ts";
import { blind } from "./blind.ts";
import { held, present, readable, size } from "./size.ts";

const options = z.strictObject({
  perWorkerJobs: z._default(z.number().check(z.positive()), .7).check(
    z.describe("Jobs at once, waiting ones included, that one worker is worth (KPA: 70 % of 1)."),
  ),
  stableMs: z._default(z.number().check(z.minimum(6_000), z.maximum(600_000)), 60_000).check(
    z.describe("Time over which the mean is taken (KPA: 60 s)."),
  ),
  panicRatio: z._default(z.number().check(z.minimum(.01), z.maximum(1)), .1).check(
    z.describe("Share of that time that shows a rush (KPA: 10 %)."),
  ),
  panicPercent: z._default(z.number().check(z.minimum(110), z.maximum(1_000)), 200).check(
    z.describe("Wish, of the workers there are, that is a rush (KPA: 200 %)."),
  ),
  growBy: z._default(z.number().check(z.minimum(1)), 1_000).check(
    z.describe("Times as many workers at once, at most (KPA: 1,000)."),
  ),
  shrinkBy: z._default(z.number().check(z.minimum(1)), 2).check(
    z.describe("The part of them that stays at least is one in so many (KPA: 2)."),
  ),
});

type ConcurrencyOptions = z.infer<typeof options>;

/** Jobs at once in a second: their sum and how often they were counted. */
type Second = readonly [second: number, sum: number, count: number];

interface Memory {
  readonly seconds: readonly Second[];
  /** Since when there was the last sign of a rush; null: there is none. */
  readonly panicMs: number | null;
  /** The most workers of this rush. */
  readonly most: number;
  readonly workers: number | null;
}

/** Follows the number of jobs at once; in a rush it only grows, for a minute. */
export const concurrency = scalingPolicy({
  name: "concurrency",
  help: "As many workers as jobs at once, over a minute or in a rush, as Knative's KPA does it.",
  options,
  everyMs: () => 1_000,
  start: (): Memory => ({ seconds: [], panicMs: null, most: 0, workers: null }),
  step: (memory, reading, options) => {
    const unseen = blind(reading);
    const before = memory.workers ?? present(reading);
    if (unseen !== null) {
      return [held(before, reading, unseen), { ...memory, workers: before }];
    }
    const { nowMs } = reading;
    const seconds = count(memory.seconds, reading, options.stableMs);
    const [stable, rush] = [1, options.panicRatio]
      .map((share) => mean(seconds, nowMs - share * options.stableMs) / options.perWorkerJobs);
    const ready = Math.max(1, reading.workers);
    const isRush = rush! / ready >= options.panicPercent / 100;
    // Nobody knows what was before: a new life begins as if in a rush.
    const begins = memory.workers === null && present(reading) > 0;
    const panicMs = isRush || begins
      ? nowMs
      : memory.panicMs !== null && nowMs - memory.panicMs < options.stableMs
      ? memory.panicMs
      : null;
    const wish = within(stable!, ready, options);
    const jobs = `${readable(stable! * options.perWorkerJobs)} jobs at once`;
    if (panicMs === null) {
      return [size(wish, jobs), { seconds, panicMs, most: 0, workers: wish }];
    }
    const known = memory.panicMs === null ? present(reading) : memory.most;
    const most = Math.max(known, wish, within(rush!, ready, options));
    const because = `${jobs}, ${readable(rush! * options.perWorkerJobs)} lately: a rush`;
    return [size(most, because), { seconds, panicMs, most, workers: most }];
  },
});

function within(wish: number, ready: number, { growBy, shrinkBy }: ConcurrencyOptions): number {
  const most = Math.min(Math.ceil(growBy * ready), Number.MAX_SAFE_INTEGER);
  return Math.min(Math.max(Math.ceil(wish - 1e-9), Math.floor(ready / shrinkBy)), most);
}

/** With the jobs of this reading, without seconds before the window. */
function count(seconds: readonly Second[], reading: Reading, windowMs: number): readonly Second[] {
  const now = Math.floor(reading.nowMs / 1_000);
  const jobs = reading.queued + reading.running;
  const kept = seconds.filter(([second]) => second < now && second > now - windowMs / 1_000);
  const last = seconds.at(-1);
  const [, sum, count] = last?.[0] === now ? last : [now, 0, 0];
  return [...kept, [now, sum + jobs, count + 1]];
}

/** Mean of the seconds that began after an instant. */
function mean(seconds: readonly Second[], afterMs: number): number {
  let [all, counted] = [0, 0];
  for (const [second, sum, count] of seconds) {
    if (second * 1_000 <= afterMs) continue;
    all += sum / count;
    counted++;
  }
  return all / Math.max(1, counted);
}
