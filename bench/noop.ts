/**
 * The no-op workload: a pool's own cost for each task, alone, at 64 and at 1,024 in flight.
 * Runs under Deno and Node alike, so that every pool is measured by the same code.
 *
 * @module
 */
import process from "node:process";
import { treeCpuMs } from "../examples/scanner/gauge.ts";
import { closedLoop } from "../examples/scanner/lanes.ts";
import { quantile, rounded } from "./statistics.ts";

/** Anything that can run the no-op. */
export interface NoopPool {
  run(name: "noop", argument: number): Promise<unknown>;
}

/** One phase: so many in flight for a time. */
export interface NoopPhase {
  readonly per_s: number;
  readonly p50_us: number;
  readonly p99_us: number;
  /** CPU time of the whole process tree for each task. */
  readonly cpu_us_per_task: number;
}

/** Tasks in flight, phase by phase. */
export const depths = [1, 64, 1024] as const;

/** All phases, by the number of tasks in flight. */
export type NoopPhases = Record<`k${typeof depths[number]}`, NoopPhase>;

/** Round trips kept for percentiles; later ones overwrite the first. */
const samplesMax = 2 ** 20;
const warmupS = 0.5;

/** Warms `pool` up, then measures it at each depth for `seconds`. */
export async function measureNoop(pool: NoopPool, seconds: number): Promise<NoopPhases> {
  await phase(pool, 64, Math.min(warmupS, seconds));
  const phases: Partial<Record<keyof NoopPhases, NoopPhase>> = {};
  for (const depth of depths) phases[`k${depth}`] = await phase(pool, depth, seconds);
  return phases as NoopPhases;
}

async function phase(pool: NoopPool, inFlight: number, seconds: number): Promise<NoopPhase> {
  const tripsUs = new Float64Array(samplesMax);
  const startCpuMs = treeCpuMs(process.pid);
  const startMs = performance.now();
  const untilMs = startMs + seconds * 1000;
  const { done } = await closedLoop(inFlight, () => performance.now() < untilMs, async (i) => {
    const sentMs = performance.now();
    if (await pool.run("noop", i) !== i) throw new Error(`The no-op of ${i} answered otherwise`);
    tripsUs[i % samplesMax] = (performance.now() - sentMs) * 1000;
  });
  const elapsedMs = performance.now() - startMs;
  const cpuMs = treeCpuMs(process.pid) - startCpuMs;
  const sorted = tripsUs.subarray(0, Math.min(done, samplesMax)).sort();
  return {
    per_s: Math.round(done / elapsedMs * 1000),
    p50_us: rounded(quantile(sorted, 0.5)),
    p99_us: rounded(quantile(sorted, 0.99)),
    cpu_us_per_task: rounded(cpuMs * 1000 / done),
  };
}
