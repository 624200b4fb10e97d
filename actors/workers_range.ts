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

/**
 * Fills in what the configuration leaves to the machine: at most min(100, 12 x cores) workers that
 * together take half of the free memory. The policy `classic` keeps at least max(4, cores).
 */
export function workersRange(
  { workers, policy }: Pick<Config["pools"]["default"], "workers" | "policy">,
  host: { readonly cores: number; readonly memoryAvailableBytes: number | null },
): WorkersRange {
  const cores = Math.max(1, Math.floor(host.cores));
  const fits = host.memoryAvailableBytes === null
    ? Infinity
    : Math.floor(host.memoryAvailableBytes / 2 / workerBytes);
  const wanted = workers.min ?? (policy.name === "classic" ? Math.max(4, cores) : 1);
  const max = workers.max ?? Math.max(1, workers.min ?? 1, Math.min(100, cores * 12, fits));
  const needed = max * workerBytes;
  const overcommit = host.memoryAvailableBytes !== null && needed > host.memoryAvailableBytes
    ? `${max} workers of 40 MB need ${Math.ceil(needed / 1e6)} MB, ` +
      `${Math.floor(host.memoryAvailableBytes / 1e6)} MB are free`
    : null;
  return { min: Math.min(wanted, max), max, overcommit };
}
