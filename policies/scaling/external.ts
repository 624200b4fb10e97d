/**
 * As many workers as a metric of others asks for.
 *
 * @module
 */
import { z } from "zod/mini";
import { scalingPolicy } from "../policy.ts";
import { settle, type Settled, unsettled } from "./settle.ts";
import { present, size } from "./size.ts";

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

/** Follows a metric up at once and down after a while; holds the size where it is unknown. */
export const external = scalingPolicy({
  name: "external",
  help: "As many workers as a registered metric asks for; held where it is unknown or stale.",
  options,
  everyMs: () => 1_000,
  start: (): Settled => unsettled,
  step: (memory, reading, { metric, perWorkerUnits, shrinkAfterMs }) => {
    const held = memory.workers ?? present(reading);
    const value = reading.plugged?.[metric] ?? null;
    if (value === null) {
      const because = `held at ${held}: ${
        metric === "" ? "no metric is named" : `${metric} is unknown`
      }`;
      return [size(held, because), { workers: held, less: null }];
    }
    const wanted = Math.ceil(Math.max(0, value) / perWorkerUnits);
    const before = { workers: held, less: memory.less };
    const next = settle(before, wanted, reading.nowMs, shrinkAfterMs);
    return [size(next.workers, `${metric} ${value} / ${perWorkerUnits}`), next];
  },
});
