/**
 * What the jobs of a pool would have cost under its policies and in pools of one size.
 *
 * @module
 */
import type { RegretEstimate, RegretWish } from "../messages/regret.ts";
import { bestFixed, type Fixed } from "./best_fixed.ts";
import { simulate } from "./simulate.ts";
import type { Workload } from "./workload.ts";

/**
 * Simulates the policies of `wish`, then fixed sizes, the most promising first. A job is late where it
 * ends late: by its wait alone, more workers than cores would seem better than they are. Those beyond what the
 * cores carry have to be simulated too, which is done while `usedMs` is within the budget. Rejects
 * with what a policy throws.
 */
export async function estimateRegret(
  wish: RegretWish,
  usedMs: () => number,
): Promise<RegretEstimate> {
  const { policies, mustGain, spares, cores, budgetMs, ...rest } = wish;
  const { min, max, slots, startMs, cpuRatio, waitTargetMs, latePriceRuns } = rest;
  const workload = workloadOf(wish);
  const world = {
    ...{ min, max, slots, startMs, cpuRatio, waitTargetMs, latePriceRuns },
    lateBy: "delay" as const,
    machine: { cores },
  };
  const [policy, ...beside] = policies;
  const out = await simulate(workload, {
    ...world,
    ...(policy && { policy }),
    ...{ beside, spares, mustGain },
  });
  const tried = new Map<number, Fixed>();
  await bestFixed(workload, world, { tried, isOver: () => usedMs() > budgetMs });
  return {
    own: { cost: out.cost, latePercent: out.latePercent },
    sizes: [...tried.values()].sort((one, other) => one.workers - other.workers),
  };
}

function workloadOf({ atMs, serviceMs, spanMs }: RegretWish): Workload {
  return {
    name: "recorded",
    atMs: Float64Array.from(atMs),
    serviceMs: Float64Array.from(serviceMs),
    ranks: null,
    spanMs,
    remarks: [],
  };
}
