/**
 * The HorizontalPodAutoscaler's rule: as many workers as bring a metric to its target.
 *
 * @module
 */
import { z } from "zod/mini";
import type { Reading } from "../../messages/signals.ts";
import { scalingPolicy } from "../policy.ts";
import { behave, downSchema, noPast, type Past, upSchema } from "./behaviour.ts";
import { blind, known } from "./blind.ts";
import { held, present, readable, size } from "./size.ts";

const metric = z.strictObject({
  metric: z.string().check(z.minLength(1), z.maxLength(1_024)),
  targetUnits: z.number().check(z.positive()),
});

const options = z.strictObject({
  metrics: z._default(z.array(metric).check(z.minLength(1), z.maxLength(16)), [
    { metric: "busyRatio", targetUnits: .7 },
  ]).check(
    z.describe(
      "What is measured, and how much of it there should be. Of the pool as a whole: `cpuRatio`, " +
        "`memoryRatio`, `oldestWaitMs`. On average of its workers: `busyRatio`. For each worker: " +
        "`queued`, `running`, `jobs` (both), and the key of a registered metric.",
    ),
  ),
  toleranceRatio: z._default(z.number().check(z.minimum(0), z.maximum(1)), .1).check(
    z.describe("A metric so near to its target changes nothing."),
  ),
  up: z.prefault(upSchema, {}).check(
    z.describe("Growth: `windowMs`, `select`, `limits` `byWorkers` or `byPercent` in `periodMs`."),
  ),
  down: z.prefault(downSchema, {}).check(
    z.describe(
      "Shrinking: the same. The most that was wished for in 5 min holds. Within `initialMs` of its " +
        "first look, 0, no worker goes.",
    ),
  ),
  everyMs: z._default(z.number().check(z.minimum(1_000)), 15_000).check(
    z.describe("Time between steps."),
  ),
});

type TargetOptions = z.infer<typeof options>;
type Metric = z.infer<typeof metric>;

interface Memory {
  /** The size last asked for. */
  readonly workers: number | null;
  readonly past: Past;
}

/** Workers that a metric asks for, and why; null: it is unknown. */
type Wish = { readonly workers: number; readonly because: string } | null;

/** Sizes the pool in proportion to metrics; of several the largest wish holds. */
export const target = scalingPolicy({
  name: "target",
  help: "As many workers as bring metrics to their targets, as Kubernetes' HPA does it.",
  options,
  everyMs: ({ everyMs }) => everyMs,
  start: (): Memory => ({ workers: null, past: noPast }),
  step: ({ workers: before, past }, reading, options) => {
    const current = present(reading);
    const last = before ?? current;
    const unseen = blind(reading);
    if (unseen !== null) return [held(last, reading, unseen), { workers: last, past }];

    const wishes = options.metrics.map((metric) => wish(metric, reading, options));
    const largest = wishes.reduce((a, b) => a === null || (b && b.workers > a.workers) ? b : a);
    const lacking = options.metrics.find((_, i) => wishes[i] === null);
    // What can't be seen might ask for more: it forbids to shrink.
    if (largest === null || lacking && largest.workers < current) {
      return [held(last, reading, `${lacking!.metric} is unknown`), { workers: last, past }];
    }
    const wished = reading.queued > 0 ? Math.max(1, largest.workers) : largest.workers;
    // The size it begins with counts as wished for.
    const known = before === null ? { ...past, wishes: [[reading.nowMs, current] as const] } : past;
    const [allowed, next] = behave(known, current, wished, reading.nowMs, options);
    // A worker that has died is no wish for a smaller pool.
    const workers = allowed === current ? last : allowed;
    const because = allowed === wished
      ? largest.because
      : `${largest.because}: ${wished} wished for, held back`;
    return [size(workers, because), { workers, past: next }];
  },
});

const wholes = ["cpuRatio", "memoryRatio", "oldestWaitMs"] as const;

function wish({ metric, targetUnits }: Metric, reading: Reading, o: TargetOptions): Wish {
  const current = present(reading);
  const said = (value: number, workers: number): Wish =>
    !Number.isSafeInteger(workers) ? null : {
      workers,
      because: `${metric} ${readable(value)}, target ${targetUnits}`,
    };
  const near = (ratio: number) => Math.abs(ratio - 1) <= o.toleranceRatio;
  if (metric === "busyRatio") {
    const { workers, idle } = reading;
    const busy = workers === 0 ? 0 : Math.max(0, workers - idle) / workers;
    return said(busy, averaged(busy / targetUnits, reading, near));
  }
  const whole = wholes.find((name) => name === metric);
  const value = whole ? reading[whole] : total(metric, reading);
  if (!known(value)) return null;
  const ratio = whole ? value / targetUnits : value / (targetUnits * current);
  return said(
    value,
    near(ratio) ? current : Math.ceil((whole ? current : 1) * value / targetUnits),
  );
}

/** What all workers share, or the metric of others. */
function total(metric: string, { queued, running, plugged }: Reading): number | null {
  if (metric === "queued") return queued;
  if (metric === "running") return running;
  return metric === "jobs" ? queued + running : plugged?.[metric] ?? null;
}

/**
 * Those that are being started are left out, but for growth they count as idle; where that would
 * turn growth into shrinking, nothing is done.
 */
function averaged(ratio: number, reading: Reading, near: (ratio: number) => boolean): number {
  const { workers: ready, starting } = reading;
  if (starting === 0 || ratio <= 1) {
    return near(ratio) ? ready + starting : Math.ceil(ratio * ready - 1e-9);
  }
  const all = ready + starting;
  const diluted = ratio * ready / all;
  return near(diluted) || diluted < 1 ? all : Math.ceil(diluted * all - 1e-9);
}
