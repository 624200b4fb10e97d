/**
 * The threshold rules of AdaptiveWorkerPool, bit exact: the first that applies wins, every
 * comparison is strict.
 *
 * @module
 */
import { z } from "zod/mini";
import type { Reading } from "../../messages/signals.ts";
import { scalingPolicy } from "../policy.ts";
import { blind } from "./blind.ts";

const ratio = z.number().check(z.minimum(0), z.maximum(1));
const count = z.int().check(z.nonnegative());

const options = z.strictObject({
  cpuLowRatio: z._default(ratio, .4).check(z.describe("Below it there is room for more workers.")),
  growMostAboveJobs: z._default(count, 20).check(
    z.describe("Above it a low CPU brings `growByMost` workers."),
  ),
  cpuHighRatio: z._default(ratio, .8).check(
    z.describe("Above it workers stand in each other's way."),
  ),
  shrinkBelowJobs: z._default(count, 2).check(
    z.describe("Below it a high CPU costs `shrinkBy` workers."),
  ),
  memoryHighRatio: z._default(ratio, .85).check(
    z.describe("Above it `shrinkBy` workers go, first of all."),
  ),
  growAboveJobs: z._default(count, 5).check(
    z.describe("Above it `growBy` workers come, whatever the CPU."),
  ),
  growByMost: z._default(count, 4).check(
    z.describe("Workers added for a long queue and an idle CPU."),
  ),
  growBy: z._default(count, 2).check(z.describe("Workers added for a queue.")),
  shrinkBy: z._default(count, 2).check(z.describe("Workers removed at a time.")),
  everyMs: z._default(z.number().check(z.positive()), 5_000).check(
    z.describe("Time between steps."),
  ),
  guardCpu: z._default(z.boolean(), false).check(
    z.describe(
      "Don't grow for `growAboveJobs` while the CPU is high. The literal rule adds load there.",
    ),
  ),
});

/** Thresholds and steps of the rules; ratios are 0..1. */
export type ClassicOptions = z.infer<typeof options>;

/** What the rules look at, under the names and in the units of the AdaptiveWorkerPool report. */
export interface SystemMetrics {
  /** 0..100 of all cores; null when unknown. */
  readonly cpu_percent: number | null;
  /** 0..100; null when unknown. */
  readonly memory_percent: number | null;
  /** Jobs waiting. */
  readonly queue_depth: number;
  /** MiB; null when unknown. The rules don't use it. */
  readonly available_memory_mb: number | null;
}

/** The smallest and the largest size to answer. */
export interface WorkerLimits {
  /** Workers at least. */
  readonly minWorkers: number;
  /** Workers at most. */
  readonly maxWorkers: number;
}

/** The defaults of the report. */
export const classicDefaults: ClassicOptions = Object.freeze(options.parse({}));

/**
 * The size the rules ask for, inside the limits. Pure. Unknown metrics (null, NaN) fit no rule that
 * asks for them.
 */
export function calculateOptimalWorkers(
  metrics: SystemMetrics,
  currentWorkers: number,
  limits: WorkerLimits,
  options: ClassicOptions = classicDefaults,
): number {
  const { change } = rule(
    (metrics.cpu_percent ?? NaN) / 100,
    (metrics.memory_percent ?? NaN) / 100,
    metrics.queue_depth,
    options,
  );
  return Math.max(limits.minWorkers, Math.min(limits.maxWorkers, currentWorkers + change));
}

/** The first rule that applies: workers to add, and why. NaN applies nowhere. */
export function rule(
  cpuRatio: number,
  memoryRatio: number,
  queued: number,
  o: ClassicOptions,
): { readonly change: number; readonly because: string } {
  const [cpu, memory, queue] = [cpuRatio, memoryRatio, queued].map(readable);
  if (memoryRatio > o.memoryHighRatio) {
    return { change: -o.shrinkBy, because: `memory ${memory} > ${o.memoryHighRatio}` };
  }
  if (cpuRatio > o.cpuHighRatio && queued < o.shrinkBelowJobs) {
    const because = `cpu ${cpu} > ${o.cpuHighRatio}, queue ${queue} < ${o.shrinkBelowJobs}`;
    return { change: -o.shrinkBy, because };
  }
  if (cpuRatio < o.cpuLowRatio && queued > o.growMostAboveJobs) {
    const because = `cpu ${cpu} < ${o.cpuLowRatio}, queue ${queue} > ${o.growMostAboveJobs}`;
    return { change: o.growByMost, because };
  }
  if (queued > o.growAboveJobs && !(o.guardCpu && cpuRatio > o.cpuHighRatio)) {
    return { change: o.growBy, because: `queue ${queue} > ${o.growAboveJobs}` };
  }
  return { change: 0, because: "no rule applies" };
}

/** Four decimals: smoothed inputs have more than anybody reads. */
function readable(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}

/**
 * The rules as a policy. While none applies it holds the size it last asked for, so that a worker
 * that died is replaced rather than taken for a wish.
 */
export const classic = scalingPolicy({
  name: "classic",
  help: "Threshold rules of AdaptiveWorkerPool: memory, then CPU with the queue, then the queue.",
  options,
  everyMs: (options) => options.everyMs,
  start: (): { readonly workers: number | null } => ({ workers: null }),
  step: (memory, reading, options) => {
    const { change, because } = judge(reading, options);
    const present = reading.workers + reading.starting;
    const workers = change === 0 ? memory.workers ?? present : Math.max(0, present + change);
    return [{ floor: workers, cap: workers, because }, { workers }];
  },
  keep: (memory) => memory,
  resume: (kept) =>
    z.object({ workers: z.nullable(z.int().check(z.nonnegative())) }).safeParse(kept).data ?? null,
});

function judge(reading: Reading, options: ClassicOptions): ReturnType<typeof rule> {
  const unseen = blind(reading);
  if (unseen !== null) return { change: 0, because: `held: ${unseen}` };
  return rule(reading.cpuRatio!, reading.memoryRatio!, reading.queued, options);
}
