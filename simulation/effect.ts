/**
 * What a fix would have changed for jobs that have come: the same jobs twice, without it and with it.
 *
 * @module
 */
import type { Fix, FixEffect, Sight, Simulated } from "../messages/diagnosis.ts";
import { simulate } from "./simulate.ts";
import type { WhatIf } from "./what_if.ts";
import type { Workload } from "./workload.ts";

/** The only bound of a simulated pool that a diagnosis moves. */
const largest = /^pools\.[^.]+\.workers\.max$/;

/** True for a fix of which a simulation can tell what comes. */
export const isSimulated = ({ key, value }: Fix): boolean =>
  key !== null && largest.test(key) && typeof value === "number";

/**
 * Lets `workload` go through the pool of `sight` as it is, and with `fix`; null for one that no
 * simulation knows, as one of keys. `seen` says what starts take and jobs are like.
 */
export async function effectOf(
  fix: Fix,
  sight: Sight,
  workload: Workload,
  seen: Omit<WhatIf, "policies" | "sweep"> & { readonly policy?: WhatIf["policies"] } = {},
): Promise<FixEffect | null> {
  if (!isSimulated(fix)) return null;
  const { ready, idle, running, cap } = sight.pool;
  const { policy: [policy] = [{ name: "governor" }], ...world } = seen;
  const run = async (max: number): Promise<Simulated> => {
    const { waitP95Ms, workerSeconds } = await simulate(workload, {
      ...world,
      policy: policy!,
      // What a worker has of jobs while others wait is what it takes at once.
      slots: Math.max(1, Math.round(running / Math.max(1, ready - idle))),
      machine: { cores: sight.host.cores },
      min: Math.min(1, max),
      max,
    });
    return { waitP95Ms, workerSeconds };
  };
  return {
    jobs: workload.atMs.length,
    spanS: workload.spanMs / 1_000,
    before: await run(cap),
    after: await run(Number(fix.value)),
  };
}
