/**
 * The state of a system in numbers and one sentence.
 *
 * @module
 */
import type { HostStatus, PoolStatus, Restarts, Status } from "../messages/status.ts";
import { percentiles } from "../policies/estimators/histogram.ts";
import { brownoutText } from "./brownout.ts";
import { shown } from "./circuits/shown.ts";
import type { Estate } from "./estate.ts";
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
  const { queue, runs, metrics, ports, brownout: { status: brownout } } = system;
  const nowMs = ports.clock.nowMs();
  const pools = [...system.estates.values()].map((estate) => poolStatus(system, estate));
  const sum = (count: (pool: PoolStatus) => number) =>
    pools.reduce((all, pool) => all + count(pool), 0);
  return {
    version: frame.version,
    startedAt: new Date(frame.startedAt).toISOString(),
    epoch: ports.store.epoch,
    store: ports.store.kind,
    pending: sum(({ queued }) => queued) + queue.gates.timetable.retrying + runs.waiting +
      queue.gates.turns.parked +
      queue.gates.after.blocked + queue.gates.results.held + queue.gates.circuits.held,
    scheduled: queue.gates.calendar.scheduled,
    oldestWaitMs: oldestWaitMs(system, ...system.estates.values()),
    running: sum(({ running }) => running),
    size: sum(({ workers }) => workers.ready),
    ended: metrics.ended,
    failedLastMinute: metrics.failedLastMinute(nowMs),
    ...metrics.distributions,
    host: hostStatus(system),
    limits: usage(queue.gates.turns, nowMs),
    breakers: shown(queue.gates.circuits, ports.clock.wallMs() - nowMs),
    cache: queue.gates.results.status,
    ...(brownout && { brownout }),
    pools,
    tasks: frame.tasks,
    verdict: verdict(system, pools) + (brownout ? ` (${brownoutText(brownout)})` : ""),
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

/** The state of a pool. */
export function poolStatus(system: System, estate: Estate): PoolStatus {
  const { pool, controller, metrics } = estate;
  const { queue, budget } = system;
  const allotted = budget?.allotted.get(estate.name);
  const links = pool.roster.links;
  const count = (is: (link: (typeof links)[number]) => boolean) => links.filter(is).length;
  const unbegun = links.reduce((sum, link) => sum + link.unbegun, 0);
  const last = estate.lastResize;
  const regret = system.regrets.meter.of(estate.name);
  return {
    name: pool.options.name,
    policy: controller.policies.join("+"),
    workers: {
      ready: count((link) => link.open),
      starting: count((link) => !link.welcomed && !link.leaving),
      draining: count((link) => link.leaving),
      idle: count((link) => link.open && link.idle),
    },
    running: links.reduce((sum, link) => sum + link.running, 0) + queue.ledger.ending(estate.name),
    queued: pool.dispatcher.lanes.queued + unbegun,
    envelope: pool.envelope,
    ...(allotted && { budget: allotted }),
    ...(regret && { regret }),
    scaling: controller.value,
    operator: controller.operator,
    restarts: restartsOf(system, estate),
    thresholds: [...system.meters.operations.status, ...system.meters.workers.status]
      .slice(0, thresholdsMax),
    starts: [...metrics.starts.values()].map(({ grant, startMs }) => ({
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

function restartsOf(
  { ports: { clock }, restarts }: System,
  { pool: { roster } }: Estate,
): Restarts {
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

/** How the pool that fares worst keeps up; of several it is said which one that is. */
function verdict(system: System, pools: readonly PoolStatus[]): string {
  const all = [...system.estates.values()].map((estate, i) => verdictOf(system, estate, pools[i]!));
  const worst = all.reduce((worst, one) => one.rank > worst.rank ? one : worst);
  const isOne = all.every(({ words }) => words === worst.words);
  return isOne ? worst.words : `pool ${worst.name}: ${worst.words}`;
}

interface Verdict {
  readonly name: string;
  /** 0 is idle; more is worse. */
  readonly rank: number;
  readonly words: string;
}

/** Whether its jobs are kept up with, and what limits that where they are not. */
function verdictOf(system: System, estate: Estate, pool: PoolStatus): Verdict {
  const said = (rank: number, words: string): Verdict => ({ name: pool.name, rank, words });
  const { operator } = pool;
  const not = unready(system.queue.accepting, pool);
  if (not) return said(6, not.because);
  if (begunNone(operator)) return said(5, `${operatorWords(operator)}: no job is started`);
  const waitMs = oldestWaitMs(system, estate);
  if (pool.queued === 0) return pool.running === 0 ? said(0, "idle") : said(1, "keeps up");
  if (waitMs < 1_000) return said(1, "keeps up");
  if (operator.state === "pinned" || operator.state === "pausedOut") {
    return said(4, `limited: ${operatorWords(operator)}`);
  }
  if (pool.workers.ready + pool.workers.starting >= pool.envelope.cap) {
    const because = system.budget?.why(estate.name) ??
      estate.controller.latest[0]?.proposal.because ?? "its envelope";
    return said(3, `limited to ${pool.envelope.cap} workers: ${because}`);
  }
  return said(2, `catching up: the oldest job waits ${(waitMs / 1000).toFixed(1)} s`);
}

function oldestWaitMs({ ports }: System, ...estates: readonly Estate[]): number {
  const nowMs = ports.clock.nowMs();
  return nowMs - Math.min(nowMs, ...estates.map(({ pool }) => pool.oldestDueMs()));
}
