/**
 * What the budget of a configuration comes to on a machine.
 *
 * @module
 */
import type { BudgetOptions, Terms } from "./budget.ts";
import type { Config, PoolConfig } from "./config.ts";
import { usualMost, workersRange } from "./workers_range.ts";

interface Machine {
  readonly cores: number;
  readonly memoryAvailableBytes: number | null;
}

/** Whether there is anything to share. */
export const isShared = ({ pools, budget }: Pick<Config, "pools" | "budget">): boolean =>
  Object.keys(pools).length > 1 ||
  [budget.workers, budget.memoryBytes, budget.cpuCores].some((limit) => limit !== null);

/** The budget on this machine, and each pool's terms. */
export function budgetOptions(
  { pools, budget }: Pick<Config, "pools" | "budget">,
  host: Machine,
): BudgetOptions {
  const ranges = Object.entries(pools).map(([name, pool]) =>
    [name, pool, workersRange(pool, host)] as const
  );
  const kept = ranges.reduce((all, [, , { min }]) => all + min, 0);
  const workers = budget.workers ?? Math.max(kept, usualMost(host));
  const termsOf = ({ share }: PoolConfig, min: number, max: number): Terms => ({
    ...{ weight: share.weight, least: share.workers, min },
    max: Math.min(max, workers),
  });
  return {
    limits: {
      workers,
      memoryBytes: budget.memoryBytes ?? Infinity,
      cpuCores: budget.cpuCores ?? Math.max(1, host.cores),
    },
    cooldownMs: budget.cooldownMs,
    terms: new Map(ranges.map(([name, pool, { min, max }]) => [name, termsOf(pool, min, max)])),
  };
}
