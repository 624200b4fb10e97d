/**
 * As many workers as a metric of others asks for.
 *
 * @module
 */
import { z } from "zod/mini";
import { scalingPolicy } from "../policy.ts";

const options = z.strictObject({
  metric: z._default(z.string().check(z.maxLength(1_024)), "").check(
    z.describe("Key of a registered metric: `kafka_lag_messages`."),
  ),
  perWorkerUnits: z._default(z.number().check(z.positive()), 1).check(
    z.describe("How much of it one worker is worth."),
  ),
  shrinkAfterMs: z._default(z.number().check(z.nonnegative()), 60_000).check(
    z.describe("How long less must have been asked for before the pool shrinks."),
  ),
});

interface Memory {
  /** The size last asked for; null: none yet. */
  readonly workers: number | null;
  /** Since when less is asked for, and the most of it. */
  readonly less: { readonly sinceMs: number; readonly workers: number } | null;
}

/** Follows a metric up at once and down after a while; holds the size where it is unknown. */
export const external = scalingPolicy({
  name: "external",
  help: "As many workers as a registered metric asks for; held where it is unknown or stale.",
  options,
  everyMs: () => 1_000,
  start: (): Memory => ({ workers: null, less: null }),
  step: ({ workers, less }, reading, { metric, perWorkerUnits, shrinkAfterMs }) => {
    const held = workers ?? reading.workers + reading.starting;
    const value = reading.plugged?.[metric] ?? null;
    if (value === null) {
      const because = `held at ${held}: ${
        metric === "" ? "no metric is named" : `${metric} is unknown`
      }`;
      return [propose(held, because), { workers: held, less: null }];
    }
    const wanted = Math.ceil(Math.max(0, value) / perWorkerUnits);
    const because = `${metric} ${value} / ${perWorkerUnits}`;
    if (wanted >= held) return [propose(wanted, because), { workers: wanted, less: null }];
    const { nowMs } = reading;
    const most = Math.max(less?.workers ?? 0, wanted);
    const sinceMs = less?.sinceMs ?? nowMs;
    if (nowMs - sinceMs >= shrinkAfterMs) {
      return [propose(most, because), { workers: most, less: null }];
    }
    return [propose(held, because), { workers: held, less: { sinceMs, workers: most } }];
  },
});

const propose = (workers: number, because: string) => ({ floor: workers, cap: workers, because });
