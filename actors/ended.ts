/**
 * Waits for the end of a job.
 *
 * @module
 */
import { jobNumber } from "./job.ts";
import type { System } from "./system.ts";

/** Resolves when a job has ended, is not open, or the time is over. */
export function ended(
  { queue, ports: { clock } }: Pick<System, "queue" | "ports">,
  id: string,
  withinMs: number,
): Promise<void> {
  const job = queue.open.get(jobNumber(id) ?? -1);
  if (!job) return Promise.resolve();
  return new Promise((resolve) => {
    const disarm = clock.at(clock.nowMs() + withinMs, () => (off(), resolve()));
    const off = queue.watch(job, () => (disarm(), resolve()));
  });
}
