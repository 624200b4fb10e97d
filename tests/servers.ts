/**
 * What queueing theory says of a pool of one size.
 *
 * @module
 */
import type { Workload } from "../simulation/workload.ts";

/** Probability that a job has to wait for one of `servers` when `load` of them are busy on average. */
export function erlangC(servers: number, load: number): number {
  let blocked = 1;
  for (let k = 1; k <= servers; k++) blocked = load * blocked / (k + load * blocked);
  const busyRatio = load / servers;
  return blocked / (1 - busyRatio * (1 - blocked));
}

/** Wait of each job, ms, served in order by so many (Kiefer and Wolfowitz, job by job). */
export function waitsOf({ atMs, serviceMs }: Workload, servers: number): number[] {
  const freeMs = new Array<number>(servers).fill(0);
  return Array.from(atMs, (arrivedMs, job) => {
    let first = 0;
    for (let i = 1; i < servers; i++) if (freeMs[i]! < freeMs[first]!) first = i;
    const begunMs = Math.max(arrivedMs, freeMs[first]!);
    freeMs[first] = begunMs + serviceMs[job]!;
    return begunMs - arrivedMs;
  });
}
