/**
 * Named starting points of a configuration, as plain data: each says only where it differs from
 * the defaults.
 *
 * @module
 */

/** How many jobs of a key run at once where nobody says otherwise, in all presets. */
export const usualLimits = {
  "project:*": { each: 1, keys: 5 },
  "agent:*": { each: 50 },
  "host:*": { each: 20 },
};

/** All presets by name. */
export const presets: Readonly<Record<string, object>> = {
  default: {},
  /** The adaptive pool of threads this project grew out of: its rules, bounds and 5 s rhythm. */
  classic: {
    pools: { default: { workers: { min: null, max: null }, policy: { name: "classic" } } },
  },
  /** A written scaling plan: thresholds that must last, fixed steps, long cooldowns. */
  plan: {
    pools: { default: { workers: { min: 2, max: 10 }, policy: { name: "plan" } } },
    admission: { ratePerS: 1_000, burst: 100 },
    jobs: { queueTimeouts: { highMs: 10_000, normalMs: 30_000, lowMs: 60_000 } },
  },
  /** Many requests that wait for others: 4 to 16 workers, and 1,000 of them at once. */
  async: {
    pools: { default: { workers: { min: 4, max: 16 }, slots: { max: 64 }, runningMax: 1_000 } },
    limits: { "agent:*": { each: 50 }, "host:*": { each: 20 } },
  },
  /** Staged runs of projects: each alone, five at once, an attempt of 60 s, two more where it fails. */
  runner: {
    jobs: { timeoutMs: 60_000, retries: 2 },
    limits: { "project:*": { each: 1, keys: 5 } },
  },
  /** Nobody is kept for later: no worker without a job, and commands leave 40 % of the cores. */
  eco: {
    pools: {
      default: {
        workers: { min: 0 },
        policy: { name: "governor", keepAliveMs: 500, cpuHighRatio: 0.6 },
      },
    },
  },
};
