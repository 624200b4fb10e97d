/**
 * The default policy: start a worker just in time for the head of the queue, keep it while an idle
 * one costs less than a new one, and never have more than CPU and memory carry.
 *
 * @module
 */
import { z } from "zod";
import type { Reading } from "../../messages/signals.ts";
import { type Ewma, smooth, unmeasured } from "../estimators/ewma.ts";
import { scalingPolicy } from "../policy.ts";
import { blind, known } from "./blind.ts";

const ratio = z.number().min(0).max(1);

const options = z.strictObject({
  waitTargetMs: z.number().positive().default(150).describe("Wait a job may have for a start."),
  keepAliveMs: z.number().nonnegative().default(2_000).describe(
    "How long an idle worker stays. It costs 12 MB and no CPU, a start 19 ms of CPU.",
  ),
  cpuHighRatio: ratio.default(.9).describe("Host CPU near which commands aren't paced up."),
  memoryHighRatio: ratio.default(.85).describe("Memory above which workers are given back."),
  workersMax: z.int().positive().nullable().default(null).describe(
    "Most workers. Null: 12 a core, at most 100.",
  ),
});

type GovernorOptions = z.infer<typeof options>;

interface Memory {
  /** Share of time a busy worker wants a core. */
  readonly demand: Ewma;
  readonly cap: number | null;
  readonly commandsMax: number | null;
  /** Workers left under memory pressure; null while memory is calm. */
  readonly shedTo: number | null;
  /** When the host was sampled last. */
  readonly sampledAtMs: number | null;
}

interface Limit {
  readonly workers: number;
  readonly because: string;
}

/** Just-in-time starts under caps for CPU and memory; commands are paced by the host's CPU. */
export const governor = scalingPolicy({
  name: "governor",
  help: "Starts workers just in time for the head of the queue, capped by CPU and memory.",
  options,
  everyMs: () => 250,
  start: (): Memory => ({
    demand: unmeasured,
    cap: null,
    commandsMax: null,
    shedTo: null,
    sampledAtMs: null,
  }),
  step: (memory, reading, options) => {
    const present = reading.workers + reading.starting;
    const unseen = blind(reading);
    const next = unseen === null ? look(memory, reading, options) : memory;
    const limit = unseen === null ? tightest(next, reading, options) : {
      workers: memory.cap ?? unmeasuredCap(reading),
      because: `limits held: ${unseen}`,
    };
    const commandsMax = next.commandsMax ?? unmeasuredCap(reading);
    const lagMs = lag(reading, options.waitTargetMs, present, limit.workers);
    return [
      {
        floor: 0,
        cap: limit.workers,
        commandsMax,
        spawn: { lagMs, queuePer: 1 },
        keepAliveMs: options.keepAliveMs,
        because: `${limit.because}; a head may wait ${lagMs} ms`,
      },
      { ...next, cap: limit.workers, commandsMax },
    ];
  },
});

/** Takes in what is new about the host. The host is sampled more seldom than we are asked. */
function look(memory: Memory, reading: Reading, options: GovernorOptions): Memory {
  const demand = smooth(memory.demand, reading.workerDemandRatio, .1);
  const sampledAtMs = reading.nowMs - reading.hostAgeMs;
  if (memory.sampledAtMs !== null && Math.abs(sampledAtMs - memory.sampledAtMs) <= 100) {
    return { ...memory, demand };
  }
  const shedTo = shed(memory, reading, options);
  const commandsMax = pace(memory.commandsMax, reading, shedTo === null, options);
  return { ...memory, demand, sampledAtMs, shedTo, commandsMax };
}

/** One worker less for each sample under pressure, calm again 5 points below. */
function shed({ shedTo }: Memory, reading: Reading, { memoryHighRatio }: GovernorOptions) {
  if (reading.memoryRatio! > memoryHighRatio) {
    return Math.max(1, reading.workers + reading.starting - 1);
  }
  return reading.memoryRatio! > memoryHighRatio - .05 ? shedTo : null;
}

/** A command's CPU isn't seen in its worker, so commands are doubled while the host has room. */
function pace(limit: number | null, reading: Reading, calm: boolean, options: GovernorOptions) {
  const least = unmeasuredCap(reading);
  const now = Math.max(least, limit ?? least);
  if (reading.cpuRatio! >= .97) return Math.max(least, Math.floor(now * .8));
  const used = reading.commandsQueued > 0 && reading.commandsRunning >= .8 * now;
  const room = calm && reading.cpuRatio! < options.cpuHighRatio - .05;
  return used && room ? Math.min(16 * workersMax(reading, options), 2 * now) : now;
}

/** The limit that binds. */
function tightest(memory: Memory, reading: Reading, options: GovernorOptions): Limit {
  const limits = [
    cpuLimit(memory, reading),
    memoryLimit(memory, reading, options),
    commandsLimit(memory, reading),
  ];
  const most = { workers: workersMax(reading, options), because: "nothing but its size limits it" };
  return limits.reduce((least, limit) => limit.workers < least.workers ? limit : least, most);
}

function cpuLimit({ demand }: Memory, reading: Reading): Limit {
  if (demand.value === null) {
    return { workers: unmeasuredCap(reading), because: "cpu demand of a worker not measured yet" };
  }
  const workers = Math.max(1, Math.floor(reading.cores / demand.value + .5));
  return { workers, because: `cpu: a busy worker wants ${demand.value.toFixed(2)} of a core` };
}

function memoryLimit(memory: Memory, reading: Reading, options: GovernorOptions): Limit {
  if (memory.shedTo !== null) {
    return { workers: memory.shedTo, because: `memory was above ${options.memoryHighRatio}` };
  }
  if (!known(reading.memoryAvailableBytes)) {
    const workers = memory.cap ?? unmeasuredCap(reading);
    return { workers, because: "limits held: available memory is unknown" };
  }
  const bytes = reading.workerBytes || 40e6;
  const more = Math.floor(.9 * reading.memoryAvailableBytes / bytes);
  const workers = Math.max(1, reading.workers + reading.starting + more);
  return { workers, because: `memory for ${more} more workers` };
}

/** When only commands wait, and for their own limit, more workers would wait with them. */
function commandsLimit({ commandsMax }: Memory, reading: Reading): Limit {
  const { commandsQueued, commandsRunning, queued } = reading;
  const waiting = commandsQueued > 0 && commandsQueued >= queued;
  const limited = waiting && commandsMax !== null && commandsRunning >= .8 * commandsMax;
  const workers = limited ? Math.max(1, reading.workers + reading.starting) : Infinity;
  return { workers, because: `only commands wait, at most ${commandsMax} run` };
}

/** How long the head may wait before a start is due, whole ms; longer the more room there is. */
function lag({ startP50Ms, startP99Ms }: Reading, waitMs: number, present: number, cap: number) {
  const measured = known(startP50Ms) && known(startP99Ms);
  const use = measured ? Math.min(.9, (waitMs - 2 * (startP99Ms - startP50Ms)) / waitMs) : .5;
  const slowest = known(startP99Ms) ? startP99Ms : 50;
  const room = clamp((cap - present) / (.6 * cap), .25, 1);
  return Math.round(clamp(use * waitMs - slowest - 20, Math.min(10, waitMs), waitMs) * room);
}

function workersMax(reading: Reading, options: GovernorOptions): number {
  return options.workersMax ?? Math.min(100, 12 * Math.ceil(reading.cores));
}

function unmeasuredCap(reading: Reading): number {
  return 2 * Math.ceil(reading.cores);
}

function clamp(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(most, value));
}
