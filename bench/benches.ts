/**
 * The benches whose results are stored.
 *
 * @module
 */
import { type Result, resultsFolder, stored } from "./result.ts";

/** How each stored result is made. */
export const benches: Readonly<Record<string, readonly string[]>> = {
  noop: ["bench/noop_bench.ts"],
  idle: ["bench/idle_bench.ts"],
  service: ["bench/service_bench.ts"],
  affinity: ["bench/affinity_bench.ts"],
  scan: ["bench/scan_bench.ts", "--adaptive-mode"],
  versus_noop: ["bench/versus.ts", "noop"],
  versus_durable: ["bench/versus.ts", "durable"],
  versus_durable_bulk: ["bench/versus.ts", "durable_bulk"],
};

/** All results that are stored. */
export async function storedResults(folder = resultsFolder): Promise<Map<string, Result>> {
  const results = new Map<string, Result>();
  for (const bench of Object.keys(benches)) {
    const result = await stored(bench, folder);
    if (result) results.set(bench, result);
  }
  return results;
}
