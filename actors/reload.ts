/**
 * What of the configuration may change while the runtime runs.
 *
 * @module
 */
import type { ConfigChange } from "../messages/config.ts";
import type { HostReading } from "../messages/mailboxes.ts";
import { bindConstraint, type Guard } from "../policies/constraints/mod.ts";
import type { Config, PoolConfig } from "./config.ts";
import { plain } from "./config_tree.ts";
import { choices } from "./policy_config.ts";
import { workersRange } from "./workers_range.ts";

/**
 * Keys that are heeded at once with all below them, a star for each pool that there was at the start.
 * Whatever else has changed waits for the next start.
 */
export const liveKeys: readonly string[] = [
  "pools.*.workers",
  "pools.*.reserve",
  "pools.*.spares",
  "pools.*.spareBursts",
  "pools.*.runningMax",
  "pools.*.slots",
  "pools.default.memoryBytes",
  "pools.*.recycle",
  "pools.*.policy",
  "pools.*.policies",
  "pools.*.ordering",
  "pools.*.routing",
  "pools.*.thresholds",
  "pools.*.share",
  "budget",
  "tuning",
  "pools.*.growth",
  "pools.*.thermal",
  "pools.*.emergency",
  "pools.*.swap",
  "pools.*.fallback",
  "pools.*.slo",
  "profiles",
  "queue.jobsMax",
  "queue.bytesMax",
  "jobs.timeoutMs",
  "jobs.learntTimeout",
  "jobs.retries",
  "jobs.queueTimeouts",
  "admission",
  "commands",
  "operations",
  "cache",
  "limits",
  "schedules",
  "breakers",
  "alerts",
  "brownout",
  "regret",
  "log",
  "slo",
  "costs",
];

/** Turns of the size a minute where sizes are named, and not each start. */
const usualReversals = 2;

/** Whether `key` is the one called `name`, or below it. */
export function isBelow(key: string, name: string): boolean {
  const own = key.split(".");
  return name.split(".").every((part, i) =>
    own[i] !== undefined && (part === "*" || part === own[i])
  );
}

/** Whether a key is heeded at once. */
export const isLive = (key: string): boolean => liveKeys.some((name) => isBelow(key, name));

/** Every value in which two configurations differ. */
export function changes(before: Config, after: Config): readonly ConfigChange[] {
  return differences(before, after, []).map(([path, words]) => {
    const key = path.join(".");
    return { key, words, live: isLive(key) };
  });
}

/** `after`, but with what needs a restart as it was. */
export const applicable = (before: Config, after: Config): Config =>
  liveKeys.reduce((config, name) => lay(config, after, name.split(".")) as Config, before);

/** `under` with what `over` has at `path`. */
function lay(under: unknown, over: unknown, [key, ...rest]: readonly string[]): unknown {
  if (key === undefined) return over;
  if (!plain(under) || !plain(over)) return under;
  const keys = (key === "*" ? Object.keys(under) : [key]).filter((name) =>
    over[name] !== undefined
  );
  const laid = keys.map((name) => [name, lay(under[name], over[name], rest)]);
  return { ...under, ...Object.fromEntries(laid) };
}

/** What was changed, in one line: `pools.default.workers.max 8 -> 12; server.port 1 -> 2 (needs a restart)`. */
export function describeChanges(changed: readonly ConfigChange[]): string {
  if (changed.length === 0) return "nothing has changed";
  return changed.map(({ key, words, live }) => `${key} ${words}${live ? "" : " (needs a restart)"}`)
    .join("; ");
}

/**
 * The bounds that a configuration sets to a pool on this machine; those of `before` whose options are
 * as they were go on, and know what they knew.
 */
export function guardsOf(
  pool: PoolConfig,
  host: Pick<HostReading, "cores" | "memoryAvailableBytes">,
  { workerPerHour, cpuPerHour, gbPerHour }: Config["costs"],
  before: readonly Guard[] = [],
): readonly Guard[] {
  const { min, max } = workersRange(pool, host);
  const { workersMax: reserveWorkers, forMs: reserveForMs } = pool.reserve;
  const { spares, spareBursts, thermal, emergency, swap, runningMax } = pool;
  const { slo: { budgetPerHour } } = pool;
  const guards = [
    bindConstraint("bounds", { min, max, runningMax, reserveWorkers, reserveForMs }),
    bindConstraint("spares", { spares, bursts: spareBursts }),
    bindConstraint("cost", { budgetPerHour, workerPerHour, cpuPerHour, gbPerHour }),
    bindConstraint("thermal", thermal),
    bindConstraint("emergency", { ...emergency, min }),
    bindConstraint("swap", swap),
    ...growthGuards(pool),
  ];
  return guards.map((guard) => before.find((known) => isSame(known, guard)) ?? guard);
}

const isSame = (one: Guard, other: Guard) =>
  one.name === other.name && JSON.stringify(one.options) === JSON.stringify(other.options);

/** What growth has to heed: by default as the policies need it that decide. */
function growthGuards({ growth, ...policies }: PoolConfig): readonly Guard[] {
  const names = choices(policies).map(({ name }) => name);
  const mustGain = growth.mustGain ?? names.includes("governor");
  const isNimble = names.some((name) => name === "governor" || name === "onDemand");
  const reversalsMax = growth.reversalsMax ?? (isNimble ? null : usualReversals);
  return [
    bindConstraint("gain", { mustGain }),
    bindConstraint("retries", { mustGain }),
    bindConstraint("reversals", { reversalsMax }),
  ];
}

function differences(
  before: unknown,
  after: unknown,
  path: readonly string[],
): readonly (readonly [readonly string[], string])[] {
  if (plain(before) && plain(after)) {
    const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...keys].flatMap((key) => differences(before[key], after[key], [...path, key]));
  }
  const [was, is] = [before, after].map((value) => JSON.stringify(value) ?? "unset");
  return was === is ? [] : [[path, `${was} -> ${is}`]];
}
