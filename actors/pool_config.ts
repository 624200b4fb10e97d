/**
 * What a configuration says of one pool.
 *
 * @module
 */
import { z } from "zod/mini";
import { emergencyOptions } from "../policies/constraints/emergency.ts";
import { swapOptions } from "../policies/constraints/swap.ts";
import { thermalOptions } from "../policies/constraints/thermal.ts";
import { fallbackOptions } from "../policies/scaling/fallback.ts";
import { thresholdsSchema } from "../policies/limits/threshold.ts";
import { orderingChoice } from "../policies/ordering/mod.ts";
import { shareSchema } from "./budget_config.ts";
import { plain } from "./config_tree.ts";
import { policyKeys, routingChoice } from "./policy_config.ts";
import { poolKindNames } from "./pool_kinds.ts";
import { poolSloSchema } from "./pools_config.ts";
import { durationMsMax } from "./units.ts";

const durationMs = z.int().check(z.minimum(1), z.maximum(durationMsMax));

const workersMost = 10_000;
/** Less than this and a worker could not even start, bytes. */
const workerBytesLeast = 96 * 2 ** 20;

/** Less than this and commands could only run one by one, bytes. */
const memoryBytesLeast = 64 * 2 ** 20;

const workers = z.strictObject({
  /**
   * Workers kept at least; null: 1, or what the policy says, or of kind `io` those that have slots for
   * min(32, cores + 4) tasks.
   */
  min: z._default(z.nullable(z.int().check(z.minimum(0), z.maximum(workersMost))), 1),
  /** Workers at most; null: computed at the start from cores and free memory. */
  max: z._default(z.nullable(z.int().check(z.minimum(1), z.maximum(workersMost))), null),
}).check(z.refine(({ min, max }) => min === null || max === null || min <= max, {
  path: ["min"],
  params: { atMost: "max" },
  // Also when other keys are wrong, so that all problems are listed at once.
  when: ({ value }) =>
    plain(value) && typeof value.min === "number" && typeof value.max === "number",
}));

const reserve = z.strictObject({
  /** Workers at most while an objective (`slo`) burns 14 times as fast as it may; null: no more than ever. */
  workersMax: z._default(z.nullable(z.int().check(z.minimum(1), z.maximum(workersMost))), null),
  /** How long there may be so many; then not before it burns less than 7 times as fast. */
  forMs: z._default(durationMs, 900_000),
});

const slots = z.strictObject({
  /** Tasks begun and unfinished in one worker, at most. */
  max: z._default(z.int().check(z.minimum(1), z.maximum(65_536)), 1_024),
  /** Commands begun and unfinished in one worker, at most. */
  commands: z._default(z.int().check(z.minimum(1), z.maximum(1_024)), 16),
});

const recycle = z.strictObject({
  /** Jobs after which a worker is replaced; null: any number. */
  jobs: z._default(z.nullable(z.int().check(z.minimum(1), z.maximum(1_000_000_000))), null),
  /** Age at which a worker is replaced; null: any. */
  ageMs: z._default(z.nullable(durationMs), null),
  /** Whether a worker is replaced whose memory grows for minutes on end. */
  leaks: z._default(z.boolean(), true),
});

const growth = z.strictObject({
  /**
   * Whether growth by which no more gets done is taken back, and there is none for attempts that fail
   * and come again; null: where the governor decides.
   */
  mustGain: z._default(z.nullable(z.boolean()), null),
  /**
   * Times a minute that the size may turn from growth to shrinking, or back; null: 2, and any number
   * where the governor or onDemand decides, who start workers for single jobs.
   */
  reversalsMax: z._default(z.nullable(z.int().check(z.minimum(2), z.maximum(60))), null),
});

/** One pool. */
export const poolSchema = z.strictObject({
  /** What is usual where it is known what its jobs do; null: as it is called, where that is a kind. */
  kind: z._default(z.nullable(z.enum(poolKindNames)), null),
  workers: z.prefault(workers, {}),
  /** Workers above the usual most of them, for objectives that are about to be missed. */
  reserve: z.prefault(reserve, {}),
  /** Idle workers kept ready besides those that have jobs, within the largest size. */
  spares: z._default(z.int().check(z.minimum(0), z.maximum(workersMost)), 0),
  /** Whether there are at least as many as the jobs of the busiest second of a hundred lately need. */
  spareBursts: z._default(z.boolean(), false),
  /** Jobs in its workers at the same time, at most; null: as many as these have slots for. */
  runningMax: z._default(z.nullable(z.int().check(z.minimum(1), z.maximum(1_000_000))), null),
  /** What growth and shrinking have to heed. */
  growth: z.prefault(growth, {}),
  /** When the processor is too hot for so many. */
  thermal: z.prefault(thermalOptions, {}),
  /** What is done while the host runs out of memory. */
  emergency: z.prefault(emergencyOptions, {}),
  /** When no job is begun for swap. */
  swap: z.prefault(swapOptions, {}),
  /** What is done while the host can't be seen. */
  fallback: z.prefault(fallbackOptions, {}),
  /** What is promised of the pool. */
  slo: z.prefault(poolSloSchema, {}),
  slots: z.prefault(slots, {}),
  /** Most memory of all commands that run, by what is expected of them. Null: 90 % of what is free. */
  memoryBytes: z._default(z.nullable(z.int().check(z.minimum(memoryBytesLeast))), null),
  /** Most resident memory of one worker; it is ended above. Null: no limit but that of its heap. */
  workerBytes: z._default(z.nullable(z.int().check(z.minimum(workerBytesLeast))), null),
  /**
   * From when on a worker is given no jobs and is replaced. Of memory, where nothing is said: 80 % and
   * 93 % of `workerBytes`.
   */
  thresholds: z.prefault(thresholdsSchema, {}),
  /** When workers are replaced; the next one is ready before the last one leaves. */
  recycle: z.prefault(recycle, {}),
  /** Which of the jobs that wait is begun next: the name of a policy among its own options. */
  ordering: z.prefault(orderingChoice, { name: "classic" }),
  /** Which worker gets the next job: the name of a policy among its own options. */
  routing: z.prefault(routingChoice, { name: "leastLoaded" }),
  ...policyKeys,
  /** What it has of the budget that all pools share. */
  share: z.prefault(shareSchema, {}),
}).check(({ value: { workers: { max }, reserve: { workersMax } }, issues }) => {
  if (workersMax === null || (max !== null && workersMax > max)) return;
  const message = max === null ? "null, as workers.max is" : `> workers.max (${max})`;
  const path = ["reserve", "workersMax"];
  issues.push({ code: "custom", path, message, input: workersMax });
}).check(({ value: { workers: { min, max }, fallback }, issues }) => {
  const { workers } = fallback;
  if (workers === null) return;
  const refuse = (message: string) =>
    issues.push({ code: "custom", path: ["fallback", "workers"], message, input: workers });
  if (max !== null && workers > max) refuse(`<= workers.max (${max})`);
  if (min !== null && workers < min) refuse(`>= workers.min (${min})`);
});
