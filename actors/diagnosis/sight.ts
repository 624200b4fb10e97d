/**
 * Everything that a diagnosis is made of, as it is now.
 *
 * @module
 */
import type { Candidate } from "../../messages/decision.ts";
import type { LimitSight, Sight } from "../../messages/diagnosis.ts";
import { quantile } from "../../policies/estimators/histogram.ts";
import { contentionsOf } from "../capacity/contentions.ts";
import { readLevels, timeOf } from "../series/read.ts";
import { keptMs } from "../series/steps.ts";
import type { Estate } from "../estate.ts";
import { poolStatus } from "../status.ts";
import type { System } from "../system.ts";
import { usage } from "../turns/usage.ts";
import { type Lately, latelyOf } from "./operations.ts";
import { waitsOf } from "./waits.ts";

/** Looks at a running system. */
export async function sightOf(system: System): Promise<Sight> {
  const { ports: { clock }, queue, stowage: { footprints } } = system;
  const nowMs = clock.nowMs();
  const worst = worstOf(system);
  const { controller, pool } = worst;
  const lately = await latelyOf(system.series);
  const budgetBytes = footprints.budgetBytes;
  const reading = controller.reading;
  const api = system.answers.lately;
  return {
    host: hostOf(system),
    pool: poolOf(system, worst),
    threads: {
      heldRatio: reading?.heldRatio ?? null,
      starvedRatio: reading?.workerStarvedRatio ?? null,
      ownRatio: reading?.ownDemandRatio ?? null,
    },
    memory: {
      budgetBytes: budgetBytes === Infinity ? null : budgetBytes,
      reservedBytes: footprints.reservedBytes,
      isGiven: footprints.limitBytes !== null,
    },
    oldestWaitMs: oldestWaitMs(system, nowMs - Math.min(nowMs, pool.oldestDueMs())),
    waits: waitsOf(system),
    limits: limitsOf(system, nowMs),
    operations: lately.operations,
    plateau: plateauOf(controller.constraints),
    contention: await contentionOf(system, lately),
    breakers: [...queue.gates.circuits.all.values()]
      .filter(({ isClosed }) => !isClosed)
      .map(({ name, held }) => ({ name, held }))
      .sort((one, other) => other.held - one.held),
    ...(api && { api }),
    donePerS: lately.donePerS,
  };
}

/** Those of the last hours: of ten seconds nothing older is kept. */
async function contentionOf({ series }: System, { recent }: Lately) {
  if (recent.size < 2) return [];
  const time = timeOf("10s", keptMs["10s"], series.clock.wallMs());
  return contentionsOf(recent, await readLevels(series, time));
}

function hostOf({ sampler, consumption }: System): Sight["host"] {
  const { vitals, last } = sampler;
  const { cpu, memory, group, disk, pressure, files } = vitals;
  const ours = consumption.trees.flatMap(({ cpuCores }) => cpuCores ?? []);
  return {
    cores: last.cores,
    busyRatio: sum(cpu?.userRatio, cpu?.systemRatio),
    ownCores: ours.length === 0 ? null : ours.reduce((all, cores) => all + cores, 0),
    ioWaitRatio: cpu?.ioWaitRatio ?? null,
    stealRatio: cpu?.stealRatio ?? null,
    quotaCores: group?.quotaCores ?? null,
    quotaUsedRatio: group?.quotaUsedRatio ?? null,
    memoryRatio: last.memoryRatio,
    memoryAvailableBytes: last.memoryAvailableBytes,
    swapBytesPerS: sum(memory?.swapInBytesPerS, memory?.swapOutBytesPerS),
    diskBusyRatio: disk?.busyRatio ?? null,
    diskBytesPerS: sum(disk?.readBytesPerS, disk?.writtenBytesPerS),
    cpuPressureRatio: pressure.cpu?.some10Ratio ?? null,
    memoryPressureRatio: pressure.memory?.some10Ratio ?? null,
    ioPressureRatio: pressure.io?.some10Ratio ?? null,
    filesOpen: files.own,
    filesMax: files.ownMax,
    processes: group?.processes ?? null,
    processesMax: group?.processesMax ?? null,
  };
}

/** What stopped the growth of a pool, as whoever stopped it says. */
const plateauOf = (constraints: readonly Candidate[]): Sight["plateau"] =>
  constraints.find(({ proposal }) => proposal.plateau)?.proposal.plateau ?? null;

/** The pool whose oldest job waits longest. */
const worstOf = ({ estates }: System): Estate =>
  estates.values().reduce((worst, one) =>
    one.pool.oldestDueMs() < worst.pool.oldestDueMs() ? one : worst
  );

function poolOf(system: System, estate: Estate): Sight["pool"] {
  const { controller, metrics } = estate;
  const { workers, running, envelope, scaling, operator, restarts } = poolStatus(system, estate);
  const { breaker } = (scaling ?? {}) as { breaker?: string };
  const bounds = controller.decisions(1)[0]?.vetoes.find(({ policy }) => policy === "bounds");
  return {
    ready: workers.ready,
    starting: workers.starting,
    idle: workers.idle,
    running,
    cap: envelope.cap,
    max: bounds?.proposal.cap ?? null,
    runningMax: envelope.runningMax,
    commandsMax: envelope.commandsMax,
    because: controller.latest[0]?.proposal.because ?? "no policy has said anything yet",
    operator: operator.state,
    isShut: breaker === "open",
    quarantined: restarts.quarantined.length,
    startP95Ms: quantile(metrics.startMs, .95),
  };
}

/** Of what lies in lanes and in workers, and of what keys hold. */
function oldestWaitMs({ queue, ports: { clock } }: System, inLanesMs: number): number {
  let oldestMs = inLanesMs;
  const nowMs = clock.nowMs();
  for (const job of queue.open.values()) {
    if (job.state === "running" || (job.heldBy === null && job.state !== "blocked")) continue;
    if (job.heldBy === queue.gates.calendar || job.heldBy === queue.gates.after) continue;
    oldestMs = Math.max(oldestMs, nowMs - job.dueMs);
  }
  return oldestMs;
}

function limitsOf({ queue }: System, nowMs: number): readonly LimitSight[] {
  return usage(queue.gates.turns, nowMs).map((
    { pattern, each, keys, running, rates = [], hottest },
  ) => ({
    pattern,
    each,
    keys,
    rates: Object.fromEntries(rates.map(({ unit, rate }) => [unit, rate])),
    running,
    waiting: hottest.reduce((all, { waiting }) => all + waiting, 0),
  }));
}

/** Null where neither is known. */
function sum(one: number | null | undefined, other: number | null | undefined): number | null {
  return one == null && other == null ? null : (one ?? 0) + (other ?? 0);
}
