/**
 * `flyball status`: how a running service is doing, in words first.
 *
 * @module
 */
import type {
  BreakerStatus,
  CacheStatus,
  LimitStatus,
  Percentiles,
  PoolStatus,
  Restarts,
  Status,
} from "../messages/status.ts";
import { operatorWords } from "../actors/operator.ts";
import { oneLine } from "./complain.ts";
import { declareReach, openControl, type Reach } from "./control.ts";
import { exit } from "./exit.ts";
import { clusterText, nodeOf } from "./cluster.ts";
import { lookOfStdout, type Paint, unpainted } from "./paint.ts";
import type { Verb } from "./verb.ts";
import { vitalsText } from "./vitals_text.ts";

interface Flags extends Reach {
  readonly cluster?: boolean;
  readonly json?: boolean;
}

/** The verb `status`. */
export const status: Verb = {
  declare: (command) =>
    declareReach(command)
      .option("--cluster", "all nodes that share the queue, a line each")
      .option("--json", "print JSON"),
  run: async (command) => {
    const flags = command.opts<Flags>();
    using control = await openControl(flags);
    const status = await control.ask({ method: "GET", path: "/api/v1/status" }) as Status;
    const look = lookOfStdout();
    if (flags.cluster) {
      const nodes = [nodeOf(control.where, status)];
      console.log(flags.json ? JSON.stringify({ nodes }) : clusterText(nodes, look));
      return exit.ok;
    }
    console.log(flags.json ? JSON.stringify(status) : statusText(status, look.paint));
    return exit.ok;
  },
};

/** A status for people: the verdict, the work, the times, the machine, each pool. */
export function statusText(status: Status, paint: Paint = unpainted): string {
  const { verdict, pending, scheduled, oldestWaitMs, running, size, ended, failedLastMinute } =
    status;
  const endings = Object.entries(ended).map(([ending, count]) => `${count} ${ending}`);
  return [
    paint(oneLine(verdict), verdict === "keeps up" ? "green" : "yellow"),
    `pending ${pending}${pending > 0 ? ` (oldest ${milliseconds(oldestWaitMs)})` : ""} · ` +
    `running ${running} on ${size} worker${size === 1 ? "" : "s"} · ended ${
      endings.join(", ") || 0
    } · ${failedLastMinute} failed in the last minute` +
    (scheduled > 0 ? ` · ${scheduled} scheduled` : ""),
    `wait ${percentiles(status.waitMs)} · run ${percentiles(status.runMs)}`,
    machine(status),
    ...vitalsText(status.host),
    ...status.pools.map(poolText),
    ...status.limits.flatMap(limit),
    ...status.breakers.map(breaker),
    ...cacheText(status.cache),
    `tasks ${status.tasks.map(oneLine).join(", ") || "none"}`,
  ].join("\n");
}

function machine({ host, version, store, epoch, startedAt }: Status): string {
  const ratio = (value: number | null) =>
    value === null ? "unknown" : `${Math.round(value * 100)} %`;
  return `cpu ${ratio(host.cpuRatio)} of ${host.cores} cores · memory ${
    ratio(host.memoryRatio)
  } · ` +
    `flyball ${version}, start ${epoch}, ${store} store, up since ${startedAt}`;
}

/** One pool for people. */
export function poolText(
  { name, policy, workers, envelope, operator, restarts, thresholds, starts, lastResize }:
    PoolStatus,
): string {
  const parts = [
    `pool ${name}: ${policy}`,
    ...(operator.state === "auto" ? [] : [operatorWords(operator)]),
    `${workers.ready} ready, ${workers.starting} starting, ${workers.draining} draining`,
    `allowed ${envelope.floor} to ${envelope.cap}`,
  ];
  if (starts.length > 0) parts.push(startTimes(starts));
  parts.push(...lossesOf(restarts));
  for (const { of, name, measure, level } of thresholds) {
    if (level !== "calm") parts.push(`${of} ${oneLine(name)}: ${level} of ${measure}`);
  }
  if (lastResize !== null) {
    const { from, to, because, decision } = lastResize;
    parts.push(`last ${from} -> ${to}: ${oneLine(because)} (decision ${decision})`);
  }
  return parts.join(" · ");
}

/** What came of asking for results; nothing where nobody has. */
function cacheText(
  { hits, misses, hitRatio, savedMs, bytes, bytesMax, evictions }: CacheStatus,
): string[] {
  if (hitRatio === null) return [];
  const mb = (bytes: number) => (bytes / 2 ** 20).toFixed(1);
  return [
    `cache ${Math.round(hitRatio * 100)} % of ${hits + misses} found · ` +
    `${milliseconds(savedMs)} not run · ` +
    `${mb(bytes)} of ${mb(bytesMax)} MiB · ${evictions} evicted`,
  ];
}

/** A limit that makes jobs wait; nothing where it does not. */
function limit({ pattern, each, keys, active, rates = [], hottest }: LimitStatus): string[] {
  const held = hottest.filter(({ waiting }) => waiting > 0);
  if (held.length === 0) return [];
  const most = [
    ...(each === null ? [] : [`${each} each`]),
    ...(keys === null ? [] : [`${active} of ${keys} keys`]),
    ...rates.map(({ unit, rate }) => `${unit} ${rate}`),
  ];
  const waits = held.map(({ key, running, waiting, used = {} }) =>
    [
      `${oneLine(key)} ${waiting} waiting`,
      `${running} running`,
      ...Object.entries(used).map(([unit, amount]) => `${amount} ${unit}`),
    ].join(", ")
  );
  return [`limit ${pattern} (${most.join(", ")}): ${waits.join("; ")}`];
}

function breaker({ name, state, held, until }: BreakerStatus): string {
  const next = state === "open" ? `open, one is tried at ${until}` : "half open, one is tried";
  return `breaker ${oneLine(name)}: ${next} · ${held} jobs held`;
}

/** What a start takes, by the tasks that wait for it. */
function startTimes(starts: PoolStatus["starts"]): string {
  const each = starts.map(({ kind, tasks, startMs: { p50, p95 } }) =>
    `${oneLine(tasks.join(" ") || `${kind}s`)} ${milliseconds(p50)} (p95 ${milliseconds(p95)})`
  );
  return `a start takes ${each.join(", ")}`;
}

/** What has failed; nothing where nothing has. */
function lossesOf({ workersLost, seatsWaiting, quarantined, actors }: Restarts): string[] {
  const parts = [];
  if (workersLost > 0) parts.push(`${workersLost} workers lost`);
  if (seatsWaiting > 0) parts.push(`${seatsWaiting} seats in back-off`);
  for (const { seat, until } of quarantined) {
    parts.push(`seat ${seat} in quarantine until ${until}`);
  }
  if (actors > 0) parts.push(`${actors} restarts inside the service`);
  return parts;
}

function percentiles({ p50, p95, p99 }: Percentiles): string {
  if (p50 === null) return "no samples";
  return `p50 ${milliseconds(p50)}, p95 ${milliseconds(p95)}, p99 ${milliseconds(p99)}`;
}

function milliseconds(ms: number | null): string {
  if (ms === null) return "unknown";
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;
}
