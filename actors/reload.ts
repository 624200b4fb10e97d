/**
 * What of the configuration may change while the runtime runs.
 *
 * @module
 */
import type { ControlFact } from "../messages/facts.ts";
import type { HostReading } from "../messages/mailboxes.ts";
import { bindConstraint, type Guard } from "../policies/constraints/mod.ts";
import type { Config, PoolConfig } from "./config.ts";
import { plain } from "./config_tree.ts";
import { Refusal } from "./refusal.ts";
import { workersRange } from "./workers_range.ts";

/** Keys that are heeded at once; whatever else has changed waits for the next start. */
const live = [
  "queue.jobsMax",
  "queue.bytesMax",
  "jobs.timeoutMs",
  "jobs.retries",
  "jobs.queueTimeouts",
  "admission",
  "commands",
  "operations",
  "limits",
  "schedules",
  "breakers",
  "alerts",
  "log",
  "slo",
  "costs",
];

/** The same of each pool that there was at the start. */
const livePool = ["workers", "spares", "policy", "policies", "ordering", "thresholds"];

/** One value that is not what it was. */
export interface Changed {
  /** `pools.default.workers.max`. */
  readonly key: string;
  /** `8 -> 12`. */
  readonly words: string;
  /** False: it needs a restart. */
  readonly live: boolean;
}

/** Every value in which two configurations differ. */
export function changes(before: Config, after: Config): readonly Changed[] {
  const isBoth = (pool: string) => pool in before.pools && pool in after.pools;
  return differences(before, after, []).map(([path, words]) => {
    const key = path.join(".");
    const isLive = path[0] === "pools"
      ? isBoth(path[1]!) && livePool.includes(path[2]!)
      : live.some((name) => key === name || key.startsWith(`${name}.`));
    return { key, words, live: isLive };
  });
}

/** `after`, but with what needs a restart as it was. */
export function applicable(before: Config, after: Config): Config {
  const { pools, queue, jobs, admission, commands, operations, limits } = after;
  const { schedules, breakers, alerts, log, slo, costs } = after;
  const poolNow = ([name, was]: [string, PoolConfig]): [string, PoolConfig] => {
    const { workers, spares, policy, policies, ordering, thresholds } = pools[name] ?? was;
    return [name, { ...was, workers, spares, policy, policies, ordering, thresholds }];
  };
  return {
    ...before,
    pools: Object.fromEntries(Object.entries(before.pools).map(poolNow)) as Config["pools"],
    queue: { ...before.queue, jobsMax: queue.jobsMax, bytesMax: queue.bytesMax },
    jobs: {
      ...before.jobs,
      timeoutMs: jobs.timeoutMs,
      retries: jobs.retries,
      queueTimeouts: jobs.queueTimeouts,
    },
    admission,
    commands,
    operations,
    limits,
    schedules,
    breakers,
    alerts,
    log,
    slo,
    costs,
  };
}

/** What was changed, in one line: `pools.default.workers.max 8 -> 12; server.port 1 -> 2 (needs a restart)`. */
export function describeChanges(changed: readonly Changed[]): string {
  if (changed.length === 0) return "nothing has changed";
  return changed.map(({ key, words, live }) => `${key} ${words}${live ? "" : " (needs a restart)"}`)
    .join("; ");
}

/** What came of a reload. */
export interface Reloaded {
  /** Counts configurations since the start; that of the start is 1. */
  readonly version: number;
  /** Every value that is not what it was. */
  readonly changes: readonly Changed[];
}

/** What a new configuration does. */
export interface ReloadEffects {
  /**
   * Lets `config` be heeded; `before` was until now. Throws, before it has changed anything, what
   * can't be.
   */
  apply(config: Config, before: Config): void | Promise<void>;
  /** Tells facts. */
  note(fact: ControlFact): void;
}

/** Holds the configuration in force. */
export class Reloader {
  #config: Config;
  #version = 1;
  #turn: Promise<unknown> = Promise.resolve();
  readonly #effects: ReloadEffects;

  /** `config` is in force. */
  constructor(config: Config, effects: ReloadEffects) {
    this.#config = config;
    this.#effects = effects;
  }

  /**
   * Takes what `load` brings, after any reload under way. What can't be loaded changes nothing; the
   * refusal is told of as `config_rejected` and thrown on.
   */
  reload(load: () => Config | Promise<Config>): Promise<Reloaded> {
    const reloaded = this.#turn.then(() => this.#reload(load));
    this.#turn = reloaded.catch(() => {});
    return reloaded;
  }

  async #reload(load: () => Config | Promise<Config>): Promise<Reloaded> {
    const before = this.#config;
    try {
      const loaded = await load();
      const changed = changes(before, loaded);
      const config = applicable(before, loaded);
      if (changed.some(({ live }) => live)) await this.#effects.apply(config, before);
      this.#config = config;
      const version = ++this.#version;
      this.#effects.note({ type: "config", version, change: describeChanges(changed) });
      return { version, changes: changed };
    } catch (error) {
      const message = `The configuration stays as it is: ${reasonsOf(error)}`;
      this.#effects.note({ type: "alert", level: "warning", code: "config_rejected", message });
      throw error;
    }
  }
}

function reasonsOf(error: unknown): string {
  if (!(error instanceof Refusal)) return String(error);
  return error.issues.map(({ message }) => message).join("; ") || error.message;
}

/** The bounds that a configuration sets to a pool on this machine. */
export function guardsOf(
  pool: PoolConfig,
  host: Pick<HostReading, "cores" | "memoryAvailableBytes">,
): readonly Guard[] {
  const { min, max } = workersRange(pool, host);
  const { spares } = pool;
  return [bindConstraint("bounds", { min, max }), bindConstraint("spares", { spares })];
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
