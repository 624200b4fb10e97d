/**
 * One variant of a comparison: the same files, the same task, another size of the pool.
 *
 * @module
 */
import type { Runtime } from "../../actors/runtime.ts";
import { createRuntime, taskFile } from "../../mod.ts";
import { closedLoop } from "./lanes.ts";
import { poolConfig, type Sizing } from "./sizing.ts";
import { type Seen, Watch } from "./watch.ts";

/** The scanner's tasks: from the cache, and behind a wait. */
export const works = ["scan", "slowScan"] as const;

/** One of the scanner's tasks. */
export type Work = typeof works[number];

/** A size of the pool with a name for people. */
export interface Variant {
  readonly name: string;
  /** null: the runtime decides. */
  readonly sizing: Sizing | null;
  /** Whether the tasks run without a sandbox, as threads do. Default false. */
  readonly trusted?: boolean;
}

/** What one run of a variant took. */
export interface Run extends Seen {
  readonly files: number;
  readonly elapsedMs: number;
  readonly filesPerS: number;
  /** Elapsed time for each file; tasks that run at once share it. */
  readonly msPerFile: number;
}

/** How far a run goes: for a time, or over a number of files. */
export type Until = { readonly forMs: number } | { readonly files: number };

/** Files under way at once: enough that the pool, not the caller, is what limits. */
export const inFlight = 1024;

/** Sizes that a sweep tries; slots are left to the runtime. */
export const fixed = (workers: number): Variant => ({
  name: `fixed ${workers}`,
  sizing: { min: workers, max: workers, slots: 0 },
});

/** A pool as it was before slots: `workers` of them, one job at a time each. */
export const baseline = (workers: number): Variant => ({
  name: `fixed ${workers} x 1 slot`,
  sizing: { min: workers, max: workers, slots: 1 },
});

/** Nothing set by hand. */
export const adaptive: Variant = { name: "adaptive", sizing: null };

/** The same without a sandbox. */
export const trusted: Variant = { name: "adaptive, trusted", sizing: null, trusted: true };

/** The hash of a file that has not changed is known: the input of these tasks is its path. */
const remembered = { cache: { keep: true, files: [""] } };

/** A runtime that knows the scanner's tasks; `cached`: and the hashes that they gave. */
export function scanRuntime(
  sizing: Sizing | null,
  trusted = false,
  cached = false,
): Promise<Runtime> {
  const task = (file: string) => taskFile(new URL(file, import.meta.url), { trusted });
  return createRuntime({
    tasks: { scan: task("./scan.ts"), slowScan: task("./slow_scan.ts") },
    config: {
      pools: { default: poolConfig(sizing) },
      ...(cached && { operations: { scan: remembered, slowScan: remembered } }),
    },
  });
}

/** Runs a variant from cold, pass after pass, until it has run `forMs` or read `files` of them. */
export async function runVariant(
  variant: Variant,
  work: Work,
  paths: readonly string[],
  until: Until,
): Promise<Run> {
  await using runtime = await scanRuntime(variant.sizing, variant.trusted);
  using watch = new Watch(runtime);
  const startMs = performance.now();
  const tally = { begun: 0, done: 0 };
  const more = "files" in until
    ? () => tally.begun < until.files
    : () => performance.now() - startMs < until.forMs;
  await closedLoop(inFlight, more, (i) => runtime.run(work, paths[i % paths.length]), tally);
  const elapsedMs = performance.now() - startMs;
  return {
    files: tally.done,
    elapsedMs,
    filesPerS: tally.done / elapsedMs * 1000,
    msPerFile: elapsedMs / tally.done,
    ...watch.seen(),
  };
}
