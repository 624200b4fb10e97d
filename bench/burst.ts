/**
 * A pool at rest, then many tasks at once: how soon all are done, and with how many workers.
 * Runs under Deno and Node alike, so that every pool is measured by the same code.
 *
 * @module
 */
import { quantile, rounded } from "./statistics.ts";

/** What the tasks of a burst do: hold their thread without a core, wait, or compute. */
export const burstKinds = ["block", "nap", "cpu"] as const;

/** One of them. */
export type BurstKind = typeof burstKinds[number];

/** Anything that can run them and says how many workers it has. */
export interface BurstPool {
  run(name: BurstKind, argument: number): Promise<unknown>;
  size(): number;
}

/** What came of it. */
export interface Burst {
  /** From the first task handed in to the last one done. */
  readonly drain_ms: number;
  readonly p50_ms: number;
  readonly p99_ms: number;
  /** Most workers at once. */
  readonly peak_workers: number;
  /** Workers over time, until all was done. */
  readonly worker_s: number;
}

/** What a task of each kind is told: ms, or rounds that take a core about 20 ms. */
const arguments_: Readonly<Record<BurstKind, readonly [warm: number, real: number]>> = {
  block: [1, 20],
  nap: [1, 20],
  cpu: [1_000, 11_200_000],
};
/** Tasks run before, one after another: code is loaded, and the pool is no larger than it has to be. */
const warmTasks = 8;
/** Rest before the burst, ms. */
const restUsualMs = 1_500;
/** Time between two looks at the size, ms. */
const lookMs = 5;

/** Lets `pool` rest for `restMs`, then hands it `tasks` tasks at once. */
export async function measureBurst(
  pool: BurstPool,
  kind: BurstKind,
  tasks: number,
  restMs = restUsualMs,
): Promise<Burst> {
  const [warm, real] = arguments_[kind];
  for (let i = 0; i < warmTasks; i++) await pool.run(kind, warm);
  await new Promise((resolve) => setTimeout(resolve, restMs));
  let [peak, workerMs, seenMs] = [0, 0, performance.now()];
  const look = () => {
    const [workers, nowMs] = [pool.size(), performance.now()];
    peak = Math.max(peak, workers);
    workerMs += workers * (nowMs - seenMs);
    seenMs = nowMs;
  };
  const startMs = performance.now();
  const looks = setInterval(look, lookMs);
  const tookMs = await Promise.all(Array.from({ length: tasks }, async () => {
    const sentMs = performance.now();
    await pool.run(kind, real);
    return performance.now() - sentMs;
  }));
  look();
  clearInterval(looks);
  const drainMs = performance.now() - startMs;
  tookMs.sort((one, other) => one - other);
  return {
    drain_ms: rounded(drainMs),
    p50_ms: rounded(quantile(tookMs, .5)),
    p99_ms: rounded(quantile(tookMs, .99)),
    peak_workers: peak,
    worker_s: rounded(workerMs / 1_000),
  };
}
