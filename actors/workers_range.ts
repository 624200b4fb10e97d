/**
 * How many workers a pool may have on this machine.
 *
 * @module
 */
import type { Config } from "./config.ts";

/** What a worker is expected to take: 33 MB resident at the start, and room for its jobs. */
export const workerBytes = 40_000_000;

/** The bounds of a pool, with a warning when they promise more than the machine has. */
export interface WorkersRange {
  readonly min: number;
  readonly max: number;
  /** One sentence; null when the maximum fits into memory. */
  readonly overcommit: string | null;
}

/** What of a pool's configuration says how many workers it may have. */
export type Ranged = Pick<Config["pools"]["default"], "workers" | "policy" | "kind" | "slots">;

/**
 * Jobs that a pool for jobs that wait has room for side by side from its start on: as many as a pool
 * of threads for such jobs often begins with.
 */
export const waitingLeast = (cores: number): number => Math.min(32, cores + 4);

/** What counts of a machine. */
interface Machine {
  readonly cores: number;
  /** null: unknown. */
  readonly memoryAvailableBytes: number | null;
}

/** Workers of a pool of which nobody says how many it may have: 12 a core, 100, half of the free memory. */
export function usualMost({ cores, memoryAvailableBytes }: Machine): number {
  const fits = memoryAvailableBytes === null
    ? Infinity
    : Math.floor(memoryAvailableBytes / 2 / workerBytes);
  return Math.max(1, Math.min(100, wholeCores(cores) * 12, fits));
}

/**
 * Fills in what the configuration leaves to the machine: at most {@link usualMost} workers. At least
 * there is one; the policy `classic` keeps max(4, cores), and a pool of kind `io` as many as have
 * slots for {@link waitingLeast} jobs.
 */
export function workersRange({ workers, ...pool }: Ranged, host: Machine): WorkersRange {
  const wanted = workers.min ?? usualLeast(pool, wholeCores(host.cores));
  const max = workers.max ?? Math.max(workers.min ?? 1, usualMost(host));
  const needed = max * workerBytes;
  const overcommit = host.memoryAvailableBytes !== null && needed > host.memoryAvailableBytes
    ? `${max} workers of 40 MB need ${Math.ceil(needed / 1e6)} MB, ` +
      `${Math.floor(host.memoryAvailableBytes / 1e6)} MB are free`
    : null;
  return { min: Math.min(wanted, max), max, overcommit };
}

const wholeCores = (cores: number) => Math.max(1, Math.floor(cores));

function usualLeast({ policy, kind, slots }: Omit<Ranged, "workers">, cores: number): number {
  if (policy.name === "classic") return Math.max(4, cores);
  return kind === "io" ? Math.ceil(waitingLeast(cores) / slots.max) : 1;
}
