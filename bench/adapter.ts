/**
 * The runtime in the shape that pool benches share, so that any harness can drive the same
 * workloads through it as through other pools. Memory store, all accounting on.
 *
 * @module
 */
import { poolConfig, type Sizing } from "../examples/scanner/sizing.ts";
import { loadFlyball } from "./load.ts";

/** A pool as harnesses know it. */
export interface Pool {
  /** Runs a task of {@link tasks} and resolves with its output. */
  run(name: string, argument: unknown): Promise<unknown>;
  /** Workers alive. */
  size(): number;
  close(): Promise<void>;
}

/** Where each workload lies. Trusted, as the threads of other pools have no sandbox either. */
const tasks = {
  noop: "./tasks/noop.ts",
  cpu: "./tasks/cpu.ts",
  nap: "./tasks/nap.ts",
  block: "./tasks/block.ts",
  scan: "../examples/scanner/scan.ts",
  scanMany: "./tasks/scan_many.ts",
  slowScan: "../examples/scanner/slow_scan.ts",
};

/** Opens a pool of `min` to `max` workers of `slots` each; 0 slots: decided by the runtime. */
export async function create(sizing: Sizing): Promise<Pool> {
  const { createRuntime, taskFile } = await loadFlyball();
  const files = Object.entries(tasks)
    .map(([name, path]) => [name, taskFile(new URL(path, import.meta.url), { trusted: true })]);
  const runtime = await createRuntime({
    tasks: Object.fromEntries(files),
    config: { pools: { default: poolConfig(sizing) } },
  });
  return {
    run: (name, argument) => runtime.run(name, argument),
    size: () => runtime.workerPids.length,
    close: () => runtime.close(),
  };
}
