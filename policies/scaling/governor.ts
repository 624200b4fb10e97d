/**
 * The default policy: start a worker just in time for the head of the queue, keep it while an idle
 * one costs less than a new one, and never have more than CPU and memory carry.
 *
 * @module
 */
import { z } from "zod/mini";
import type { Reading } from "../../messages/signals.ts";
import { type Ewma, smooth, unmeasured } from "../estimators/ewma.ts";
import { largest } from "../largest.ts";
import { scalingPolicy } from "../policy.ts";
import { type Belief, believe, believed, feeding, noBelief } from "./belief.ts";
import { blind } from "./blind.ts";
import { lag } from "./lag.ts";
import {
  cautious,
  commandsLimit,
  cpuLimit,
  isCrowded,
  type Limit,
  memoryLimit,
  starvedLimit,
  tightest,
} from "./limits.ts";
import { pace } from "./pace.ts";
import { queuePer } from "./pay.ts";
import { followed, grown, newRound, type Round } from "./round.ts";
import { ahead, type Course, follow } from "./slow_start.ts";
import { dearness, turned } from "./thrift.ts";

const ratio = z.number().check(z.minimum(0), z.maximum(1));

const options = z.strictObject({
  waitTargetMs: z._default(z.number().check(z.positive()), 150).check(
    z.describe("Wait a job may have for a start."),
  ),
  keepAliveMs: z._default(z.nullable(z.number().check(z.nonnegative())), 2_000).check(
    z.describe(
      "How long an idle worker stays. It costs 12 MB and no CPU, a start 19 ms of CPU. " +
        "Null: twice as long as a start takes, where an idle worker costs as much as a busy one.",
    ),
  ),
  latePriceRuns: z._default(z.number().check(z.nonnegative()), 10).check(
    z.describe(
      "What a late job costs, in run times; where a start takes longer than a job may wait.",
    ),
  ),
  thriftRatio: z._default(ratio, .5).check(
    z.describe(
      "One knob for the three above. 1: idle workers cost ten times as much beside a wait, 0: a tenth.",
    ),
  ),
  cpuHighRatio: z._default(ratio, .9).check(
    z.describe("Host CPU near which commands aren't paced up."),
  ),
  memoryHighRatio: z._default(ratio, .85).check(
    z.describe("Memory above which workers are given back."),
  ),
  workersMax: z._default(z.nullable(z.int().check(z.positive())), null).check(
    z.describe("Most workers. Null: as many as the pool may have, or 12 a core and at most 100."),
  ),
});

type GovernorOptions = z.infer<typeof options>;

interface Memory extends Belief {
  /** How long a job runs. */
  readonly durationMs: Ewma;
  readonly cap: number | null;
  /** Since when the cores carry fewer workers than there are, monotonic ms; null: they carry all. */
  readonly crowdedSinceMs: number | null;
  readonly commandsMax: number | null;
  /** Commands since then. */
  readonly round: Round | null;
  /** Workers left under memory pressure; null while memory is calm. */
  readonly shedTo: number | null;
  /** When the host was sampled last. */
  readonly sampledAtMs: number | null;
  /** Of the work, where starts are slow; null where they are not. */
  readonly course: Course | null;
}

/** The head waits at least so long while nothing is known of the work: time for a first look, ms. */
const unmeasuredLagMs = 40;
/** The cores must carry fewer workers than there are for so long before one is stopped for it, ms. */
const crowdedMs = 1_000;

/** Just-in-time starts under caps for CPU and memory; commands are paced by the host's CPU. */
export const governor = scalingPolicy({
  name: "governor",
  help: "Starts workers just in time for the head of the queue, capped by CPU and memory.",
  options,
  everyMs: () => 250,
  start: (): Memory => ({
    ...noBelief,
    durationMs: unmeasured,
    cap: null,
    crowdedSinceMs: null,
    commandsMax: null,
    round: null,
    shedTo: null,
    sampledAtMs: null,
    course: null,
  }),
  step: (memory, reading, given) => {
    const options = turned(given);
    const unseen = blind(reading);
    const next = unseen === null ? look(memory, reading, options) : listen(memory, reading);
    const held = memory.cap ?? cautious(reading);
    const limit = unseen === null
      ? limitOf(next, reading, options, held)
      : unseenLimit(next, reading, { workers: held, because: `limits held: ${unseen}` });
    const commandsMax = next.commandsMax ?? cautious(reading);
    const measured = believed(next, reading) !== null;
    const lagMs = Math.max(
      lag(reading, options.waitTargetMs, limit.workers),
      measured ? 0 : Math.min(unmeasuredLagMs, options.waitTargetMs),
    );
    const justInTime = {
      floor: 0,
      spawn: {
        lagMs,
        backlogMs: patience(reading) * options.waitTargetMs,
        queuePer: queuePer(next.durationMs.value, reading.startP50Ms),
      },
      because: `the head may wait ${lagMs} ms`,
    };
    const { floor, spawn, because } = next.course === null
      ? justInTime
      : ahead(next.course, reading, { ...options, cap: limit.workers }, justInTime);
    return [
      {
        floor: Math.min(floor, limit.workers),
        cap: limit.workers,
        ...(limit.raisableTo !== undefined && { capRaisableTo: limit.raisableTo }),
        commandsMax,
        ...(spawn && { spawn }),
        keepAliveMs: stay(reading, given),
        because: `${limit.because}; ${because}`,
      },
      { ...next, cap: limit.workers, commandsMax },
    ];
  },
});

/** Assumed of a start before one was measured, ms. */
const startAssumedMs = 50;
/** An idle worker is kept so much longer than its start takes where a job can wait for a start, ms. */
const startMarginMs = 100;

/** How long an idle worker is kept: as thrift has it, but no shorter than to keep it pays. */
function stay(reading: Reading, options: GovernorOptions): number {
  const usualMs = options.keepAliveMs ?? breakEven(reading, options);
  if (options.thriftRatio === .5) return usualMs;
  const startMs = Math.min(usualMs, reading.startP50Ms ?? startAssumedMs);
  return Math.round(Math.max(startMs, usualMs / dearness(options)));
}

/**
 * How long an idle worker is kept that costs as much as a busy one. To keep it for one start is never
 * twice as bad as to know what comes; two starts are better where a job can't wait for one.
 */
function breakEven({ startP50Ms, startP99Ms }: Reading, { waitTargetMs }: GovernorOptions): number {
  const startMs = startP50Ms ?? startAssumedMs;
  const inTime = (startP99Ms ?? startMs) <= waitTargetMs;
  return inTime ? startMs + Math.min(startMs, startMarginMs) : 2 * startMs;
}

/** Share of the wait a job may have that a backlog may last: less while a core has no worker. */
function patience({ cores, workers, starting }: Reading): number {
  return workers + starting < Math.ceil(cores) ? .1 : 1 / 3;
}

/** Takes in what the workers show. */
function listen(memory: Memory, reading: Reading): Memory {
  const belief = believe(memory, reading);
  return {
    ...memory,
    ...belief,
    crowdedSinceMs: isCrowded(belief.demand.value, belief.own.value, reading)
      ? memory.crowdedSinceMs ?? reading.nowMs
      : null,
    durationMs: smooth(memory.durationMs, reading.durationMs, .1),
    course: follow(memory.course, reading),
    round: followed(memory.round, reading),
  };
}

/** Takes in what is new about the host too, which is sampled more seldom than we are asked. */
function look(before: Memory, reading: Reading, options: GovernorOptions): Memory {
  const memory = listen(before, reading);
  const sampledAtMs = reading.nowMs - reading.hostAgeMs;
  const isNew = memory.sampledAtMs === null || Math.abs(sampledAtMs - memory.sampledAtMs) > 100;
  const cpuRatio = options.cpuHighRatio - .05;
  const commandsMost = 16 * most(reading, options);
  const { commandsMax, round } = memory;
  if (isNew) {
    const shedTo = shed(memory.shedTo, reading, options.memoryHighRatio);
    // While memory is short nothing grows.
    const atMost = shedTo === null ? commandsMost : commandsMax ?? 0;
    const paced = pace(commandsMax, reading, cpuRatio, atMost);
    return { ...memory, sampledAtMs, shedTo, commandsMax: paced, round: newRound(reading) };
  }
  if (round === null || commandsMax === null || memory.shedTo !== null) return memory;
  const more = grown(commandsMax, round, reading, cpuRatio, commandsMost);
  return more === commandsMax
    ? memory
    : { ...memory, commandsMax: more, round: { ...round, isOver: true } };
}

/** One worker less for each sample of high memory; calm again 5 points below. */
function shed(shedTo: number | null, reading: Reading, highRatio: number): number | null {
  if (reading.memoryRatio! > highRatio) {
    return Math.max(1, reading.workers + reading.starting - 1);
  }
  return reading.memoryRatio! > highRatio - .05 ? shedTo : null;
}

function limitOf(memory: Memory, reading: Reading, options: GovernorOptions, held: number): Limit {
  const { shedTo, commandsMax } = memory;
  if (shedTo !== null) {
    return { workers: shedTo, because: `memory was above ${options.memoryHighRatio}` };
  }
  const cpu = coresLimit(memory, reading);
  const others = [
    { workers: most(reading, options), because: "nothing but its largest size limits the pool" },
    starvedLimit(reading),
    memoryLimit(reading, held),
    commandsLimit(commandsMax, reading),
  ];
  const limit = tightest([others[0]!, cpu, ...others.slice(1)]);
  return limit === cpu && believed(memory, reading) === null
    ? { ...cpu, raisableTo: tightest(others).workers }
    : limit;
}

/** What the cores carry; those that are there stay until it is sure that they are too many. */
function coresLimit(memory: Memory, reading: Reading): Limit {
  const { demand, crowdedSinceMs } = memory;
  const wanted = believed(memory, reading);
  const limit = cpuLimit(wanted, feeding(memory, reading), reading);
  const isDoubted = wanted === null && demand.value !== null;
  if (isDoubted) return { ...limit, workers: Math.max(limit.workers, thereAre(reading)) };
  if (crowdedSinceMs === null || reading.nowMs - crowdedSinceMs >= crowdedMs) return limit;
  return { ...limit, workers: thereAre(reading) };
}

const thereAre = ({ workers, starting }: Reading): number => workers + starting;

/** Before the host is seen for the first time, what the workers show can lower the limit. */
function unseenLimit({ demand, own, sampledAtMs }: Memory, reading: Reading, held: Limit): Limit {
  if (sampledAtMs !== null) return held;
  const first = { ...held, workers: cautious(reading) };
  return tightest([first, cpuLimit(demand.value, own.value, reading), starvedLimit(reading)]);
}

function most(reading: Reading, options: GovernorOptions): number {
  return options.workersMax ?? largest(reading.cores);
}
