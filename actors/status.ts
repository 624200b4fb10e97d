/**
 * The state of a system in numbers and one sentence.
 *
 * @module
 */
import type { HostStatus, PoolStatus, Restarts, Status } from "../messages/status.ts";
import { percentiles } from "../policies/estimators/histogram.ts";
import { shown } from "./circuits/shown.ts";
import { begunNone, operatorWords } from "./operator.ts";
import { unready } from "./readiness.ts";
import type { System } from "./system.ts";
import { usage } from "./turns/usage.ts";

/** What the system itself does not know. */
export interface StatusFrame {
  readonly version: string;
  readonly startedAt: number;
  readonly tasks: readonly string[];
}

/** Thresholds that are shown at once. */
const thresholdsMax = 256;

/** The whole state. */
export function statusOf(system: System, frame: StatusFrame): Status {
  const { queue, runs, metrics, ports } = system;
  const nowMs = ports.clock.nowMs();
  const pool = poolStatus(system);
  return {
    version: frame.version,
    startedAt: new Date(frame.startedAt).toISOString(),
    epoch: ports.store.epoch,
    store: ports.store.kind,
    pending: pool.queued + queue.gates.timetable.retrying + runs.waiting +
      queue.gates.turns.parked +
      queue.gates.after.blocked + queue.gates.circuits.held,
    scheduled: queue.gates.calendar.scheduled,
    oldestWaitMs: oldestWaitMs(system),
    running: pool.running,
    size: pool.workers.ready,
    ended: metrics.ended,
    failedLastMinute: metrics.failedLastMinute(nowMs),
    ...metrics.distributions,
    host: hostStatus(system),
    limits: usage(queue.gates.turns, nowMs),
    breakers: shown(queue.gates.circuits, ports.clock.wallMs() - nowMs),
    pools: [pool],
    tasks: frame.tasks,
    verdict: verdict(system, pool),
  };
}

function hostStatus({ sampler, consumption }: System): HostStatus {
  const { cores, cpuRatio, memoryRatio, memoryAvailableBytes } = sampler.last;
  return {
    cores,
    cpuRatio,
    memoryRatio,
    memoryAvailableBytes,
    ageMs: Math.round(sampler.ageMs),
    ...sampler.vitals,
    trees: consumption.trees,
  };
}

/** The state of the pool. */
export function poolStatus(system: System): PoolStatus {
  const { pool, queue, controller } = system;
  const links = pool.roster.links;
  const count = (is: (link: (typeof links)[number]) => boolean) => links.filter(is).length;
  const unbegun = links.reduce((sum, link) => sum + link.unbegun, 0);
  const last = system.home.lastResize;
  return {
    name: pool.options.name,
    policy: controller.policies.join("+"),
    workers: {
      ready: count((link) => link.open),
      starting: count((link) => !link.welcomed && !link.leaving),
      draining: count((link) => link.leaving),
      idle: count((link) => link.open && link.idle),
    },
    running: links.reduce((sum, link) => sum + link.running, 0),
    queued: queue.queued + unbegun,
    envelope: pool.envelope,
    scaling: controller.value,
    operator: controller.operator,
    restarts: restartsOf(system),
    thresholds: [...system.meters.operations.status, ...system.meters.workers.status]
      .slice(0, thresholdsMax),
    starts: [...system.metrics.starts.values()].map(({ grant, startMs }) => ({
      grant: grant.key,
      kind: grant.kind,
      tasks: pool.options.tasksOf(grant).map(({ name }) => name),
      startMs: percentiles(startMs),
    })),
    lastResize: last && {
      at: new Date(last.at).toISOString(),
      from: last.from,
      to: last.to,
      because: last.because,
      decision: last.decision,
    },
  };
}

function restartsOf({ pool: { roster }, ports: { clock }, restarts }: System): Restarts {
  const wallMs = clock.wallMs() - clock.nowMs();
  return {
    workersLost: roster.lost,
    seatsWaiting: roster.held(Infinity),
    quarantined: roster.quarantined.map(({ seat, untilMs }) => ({
      seat,
      until: new Date(untilMs + wallMs).toISOString(),
    })),
    actors: restarts,
  };
}

/** Whether the queue keeps up, and what limits it where it does not. */
function verdict(system: System, pool: PoolStatus): string {
  const { queue } = system;
  const not = unready(queue.accepting, pool);
  if (not) return not.because;
  const { operator } = pool;
  if (begunNone(operator)) return `${operatorWords(operator)}: no job is started`;
  const waitMs = oldestWaitMs(system);
  if (pool.queued === 0) return pool.running === 0 ? "idle" : "keeps up";
  if (waitMs < 1_000) return "keeps up";
  if (operator.state === "pinned" || operator.state === "pausedOut") {
    return `limited: ${operatorWords(operator)}`;
  }
  if (pool.workers.ready + pool.workers.starting >= pool.envelope.cap) {
    const because = system.controller.latest[0]?.proposal.because ?? "its envelope";
    return `limited to ${pool.envelope.cap} workers: ${because}`;
  }
  return `catching up: the oldest job waits ${(waitMs / 1000).toFixed(1)} s`;
}

function oldestWaitMs({ pool, ports }: System): number {
  const nowMs = ports.clock.nowMs();
  return nowMs - Math.min(nowMs, pool.oldestDueMs());
}
