/**
 * Tasks that wait for 20 ms, 1,024 of them under way: how many are done in a second, from a cold
 * start, and in how much memory. Runs under Deno and Node alike.
 *
 * @module
 */
import process from "node:process";
import { memoryOf, processTree } from "../examples/scanner/gauge.ts";
import { closedLoop } from "../examples/scanner/lanes.ts";
import { rounded } from "./statistics.ts";

/** Anything that can run them. */
export interface WaitsPool {
  run(name: "nap", argument: number): Promise<unknown>;
}

/** What came of it. */
export interface Waits {
  readonly per_s: number;
  /** Of the whole process tree, at the end. */
  readonly pss_mib: number;
}

const inFlight = 1_024;
const napMs = 20;

/** Keeps `pool` busy for `seconds`; what it needs to find its size is in it. */
export async function measureWaits(pool: WaitsPool, seconds: number): Promise<Waits> {
  const startMs = performance.now();
  const untilMs = startMs + seconds * 1_000;
  let pssBytes = 0;
  const { done } = await closedLoop(inFlight, () => {
    const goesOn = performance.now() < untilMs;
    if (!goesOn && pssBytes === 0) pssBytes = memoryOf(processTree(process.pid)).pssBytes;
    return goesOn;
  }, () => pool.run("nap", napMs));
  const tookS = (performance.now() - startMs) / 1_000;
  return { per_s: rounded(done / tookS), pss_mib: rounded(pssBytes / 2 ** 20) };
}
