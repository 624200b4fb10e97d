/**
 * What alert rules see of a running system: numbers that it has anyway.
 *
 * @module
 */
import type { RunningJob, Sight } from "../../policies/alerts/sight.ts";
import { countsOf } from "../circuits/explain.ts";
import { jobId, operationOf } from "../job.ts";
import type { System } from "../system.ts";

/** Endings that are failures; who was cancelled has neither done well nor failed. */
const failures = ["failed", "dead", "timedOut", "expired", "lost"] as const;
/** Breakers that are told of at once. */
const breakersMax = 32;

/** Nobody knows how it is now. */
const unseen = { cpuRatio: null, memoryRatio: null };

/** One look at `system`. */
export function look(system: System): Sight {
  const { queue, estates, links, metrics, series, sampler, runs, ports: { clock } } = system;
  const nowMs = clock.nowMs();
  const pools = [...estates.values()].map(({ pool }) => pool);
  const views = pools.map((pool) => pool.view(nowMs));
  const { latest, vitals, ageMs, staleMs } = sampler;
  const { cpuRatio, memoryRatio } = ageMs < staleMs ? latest : unseen;
  const { ended } = metrics;
  const open = [...queue.gates.circuits.all.values()].filter(({ isClosed }) => !isClosed);
  return {
    nowMs,
    cpuRatio,
    memoryRatio,
    hostAgeMs: ageMs,
    hostStaleMs: staleMs,
    filesOpen: vitals.files.own,
    filesMax: vitals.files.ownMax,
    queued: sum(views, ({ queued }) => queued),
    workers: sum(views, ({ ready }) => ready),
    idle: sum(views, ({ idleSinceMs }) => idleSinceMs.length),
    floor: sum(pools, ({ envelope }) => envelope.floor),
    accepted: metrics.accepted,
    done: ended.done ?? 0,
    failed: failures.reduce((sum, ending) => sum + (ended[ending] ?? 0), 0),
    breakers: open.slice(0, breakersMax).map((circuit) => ({
      name: circuit.name,
      because: `The breaker of ${circuit.name} is open: ${countsOf(circuit)}`,
    })),
    brownout: system.brownout.status,
    costs: () => series.spendings.known,
    usual: (name) => system.usuals.of(name),
    api: () => system.answers.lately,
    slower: () =>
      series.paces.slower.map(({ operation, timesAsLong, sinceAt }) => ({
        operation,
        timesAsLong,
        since: new Date(sinceAt).toISOString(),
      })),
    regrets: () =>
      system.regrets.meter.known().map(({ pool, latelyPercent, lossWorkers, workers }) => ({
        pool,
        latelyRatio: latelyPercent.map((percent) => percent / 100),
        lossWorkers,
        workers,
      })),
    waited: (waitMs) => metrics.waitedLonger(waitMs),
    running(): readonly RunningJob[] {
      const inWorkers = links.flatMap(({ slots }) => slots.begun);
      return [...inWorkers, ...runs.active].map(({ id, spec, startedMs }) => ({
        id: jobId(id),
        operation: operationOf(spec),
        ranMs: nowMs - startedMs,
      }));
    },
  };
}

const sum = <T>(all: readonly T[], count: (one: T) => number) =>
  all.reduce((sum, one) => sum + count(one), 0);
