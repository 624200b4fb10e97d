/**
 * The ScalingPlan: thresholds that must last, one worker at a time, a long quiet time.
 *
 * @module
 */
import { z } from "zod/mini";
import type { Reading } from "../../messages/signals.ts";
import { scalingPolicy } from "../policy.ts";
import { blind } from "./blind.ts";

const ratio = z.number().check(z.minimum(0), z.maximum(1));
const duration = z.number().check(z.nonnegative());

const options = z.strictObject({
  cpuHighRatio: z._default(ratio, .75).check(
    z.describe("CPU that asks for more workers (ScalingPlan: 75 %)."),
  ),
  cpuForMs: z._default(duration, 300_000).check(
    z.describe("How long it must last (ScalingPlan: 5 min)."),
  ),
  memoryHighRatio: z._default(ratio, .8).check(
    z.describe("Memory that counts as high (ScalingPlan: 80 %)."),
  ),
  memoryForMs: z._default(duration, 300_000).check(
    z.describe("How long it must last (ScalingPlan: 5 min)."),
  ),
  memoryAction: z._default(z.enum(["scaleOut", "hold"]), "scaleOut").check(
    z.describe(
      "What lasting high memory does: `scaleOut` as the ScalingPlan has it, `hold` forbids growth.",
    ),
  ),
  queuedHigh: z._default(z.int().check(z.positive()), 1_000).check(
    z.describe("Queue that asks for more at once."),
  ),
  oldestWaitHighMs: z._default(duration, 30_000).check(
    z.describe("Wait that asks for more at once."),
  ),
  increment: z._default(z.int().check(z.positive()), 1).check(
    z.describe("Workers added at a time."),
  ),
  cooldownMs: z._default(duration, 600_000).check(
    z.describe("Quiet time after a step (ScalingPlan: 10 min)."),
  ),
  gapMs: z._default(duration, 30_000).check(
    z.describe(
      "Longest silence between readings that a lasting condition survives: three of the plan's 10 s.",
    ),
  ),
});

type PlanOptions = z.infer<typeof options>;

/** Deadlines, not durations: they can be kept over a restart as they are. */
interface Memory {
  /** The size last asked for. */
  readonly workers: number | null;
  readonly seenAtMs: number | null;
  /** When high CPU will have lasted; null while it isn't high. */
  readonly cpuDueMs: number | null;
  readonly memoryDueMs: number | null;
  readonly coolUntilMs: number | null;
}

/** Grows one step when a threshold is crossed for long enough; never shrinks by itself. */
export const plan = scalingPolicy({
  name: "plan",
  help: "ScalingPlan: one more worker for lasting CPU or memory load or a long queue, then quiet.",
  options,
  everyMs: () => 1_000,
  start: (): Memory => ({
    workers: null,
    seenAtMs: null,
    cpuDueMs: null,
    memoryDueMs: null,
    coolUntilMs: null,
  }),
  step: (memory, reading, options) => {
    const { nowMs } = reading;
    const present = reading.workers + reading.starting;
    const held = memory.workers ?? present;
    const seen = { ...memory, ...lasting(memory, reading, options), seenAtMs: nowMs };
    const trigger = triggerOf(seen, reading, options);

    if (trigger.grow && (memory.coolUntilMs ?? nowMs) <= nowMs) {
      const workers = Math.max(held, present + options.increment);
      const coolUntilMs = nowMs + options.cooldownMs;
      const next = { ...seen, workers, coolUntilMs };
      return [propose(workers, trigger.because, next, nowMs), next];
    }
    const next = { ...seen, workers: held };
    const leftMs = (memory.coolUntilMs ?? nowMs) - nowMs;
    const because = leftMs > 0
      ? `${trigger.because}; cooldown, ${Math.ceil(leftMs / 1000)} s left`
      : trigger.because;
    const proposal = propose(held, because, next, nowMs);
    return [trigger.grow ? { ...proposal, isHeld: true } : proposal, next];
  },
  keep: ({ workers, coolUntilMs }) => ({ workers, coolUntilMs }),
  resume: (kept, { nowMs, shiftMs }, { cooldownMs }) => {
    const { data } = lastingMemory.safeParse(kept);
    if (!data) return null;
    const coolUntilMs = data.coolUntilMs === null
      ? null
      : Math.min(data.coolUntilMs + shiftMs, nowMs + cooldownMs);
    return { ...data, coolUntilMs, seenAtMs: null, cpuDueMs: null, memoryDueMs: null };
  },
});

/** What outlives the process. Lasting conditions are not of that: after any gap they start over. */
const lastingMemory = z.object({
  workers: z.nullable(z.int().check(z.nonnegative())),
  coolUntilMs: z.nullable(z.number()),
});

/** One size, and when to look again: at the next deadline. */
function propose(workers: number, because: string, memory: Memory, nowMs: number) {
  const { cpuDueMs, memoryDueMs, coolUntilMs } = memory;
  const ahead = [cpuDueMs, memoryDueMs, coolUntilMs]
    .flatMap((atMs) => atMs !== null && atMs > nowMs ? [atMs] : []);
  const proposal = { floor: workers, cap: workers, because };
  return ahead.length === 0 ? proposal : { ...proposal, wakeAtMs: Math.min(...ahead) };
}

/** The deadlines of the lasting conditions; after any gap they start over. */
function lasting(memory: Memory, reading: Reading, o: PlanOptions) {
  const { nowMs } = reading;
  if (blind(reading) !== null) return { cpuDueMs: null, memoryDueMs: null };
  const gap = !(nowMs - (memory.seenAtMs ?? nowMs) <= o.gapMs);
  const due = (high: boolean, dueMs: number | null, forMs: number) =>
    high ? (gap ? null : dueMs) ?? nowMs + forMs : null;
  return {
    cpuDueMs: due(reading.cpuRatio! > o.cpuHighRatio, memory.cpuDueMs, o.cpuForMs),
    memoryDueMs: due(reading.memoryRatio! > o.memoryHighRatio, memory.memoryDueMs, o.memoryForMs),
  };
}

function triggerOf(memory: Memory, reading: Reading, o: PlanOptions) {
  const over = (dueMs: number | null) => dueMs !== null && dueMs <= reading.nowMs;
  const full = over(memory.memoryDueMs);
  const memoryHigh = `memory > ${o.memoryHighRatio} for ${o.memoryForMs / 1000} s`;
  if (full && o.memoryAction === "hold") return { grow: false, because: `held: ${memoryHigh}` };
  if (reading.queued >= o.queuedHigh) {
    return { grow: true, because: `queue ${reading.queued} >= ${o.queuedHigh}` };
  }
  if (reading.oldestWaitMs >= o.oldestWaitHighMs) {
    const because = `oldest wait ${reading.oldestWaitMs} ms >= ${o.oldestWaitHighMs} ms`;
    return { grow: true, because };
  }
  if (over(memory.cpuDueMs)) {
    return { grow: true, because: `cpu > ${o.cpuHighRatio} for ${o.cpuForMs / 1000} s` };
  }
  if (full) return { grow: true, because: memoryHigh };
  return { grow: false, because: "no threshold is crossed" };
}
