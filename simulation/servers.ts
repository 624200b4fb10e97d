/**
 * A pool of one size that serves in order, without a simulation: who is free first has the next job
 * (the recursion of Kiefer and Wolfowitz, 1955). It is what a simulated fixed pool comes to, job by
 * job, and a hundred times as quick.
 *
 * @module
 */
import type { Workload } from "./workload.ts";

/** What came of it. */
export interface Served {
  /** Of each job, ms. */
  readonly waitsMs: Float64Array;
  /** When the last one ended, ms. */
  readonly endMs: number;
}

/** Lets `workers` serve all jobs. */
export function serve({ atMs, serviceMs }: Workload, workers: number): Served {
  /** When each is free: a heap, the first one on top. */
  const freeMs = new Float64Array(workers);
  const waitsMs = new Float64Array(atMs.length);
  let endMs = 0;
  for (let job = 0; job < atMs.length; job++) {
    const arrivedMs = atMs[job]!;
    const begunMs = Math.max(arrivedMs, freeMs[0]!);
    waitsMs[job] = begunMs - arrivedMs;
    const freeAgainMs = begunMs + serviceMs[job]!;
    endMs = Math.max(endMs, freeAgainMs);
    sink(freeMs, freeAgainMs);
  }
  return { waitsMs, endMs };
}

/** Puts a later value in the place of the first one. */
function sink(heap: Float64Array, value: number): void {
  let at = 0;
  for (let below = 1; below < heap.length; below = 2 * at + 1) {
    if (below + 1 < heap.length && heap[below + 1]! < heap[below]!) below++;
    if (heap[below]! >= value) break;
    heap[at] = heap[below]!;
    at = below;
  }
  heap[at] = value;
}
