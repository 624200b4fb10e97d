/**
 * What a job with keys waits for.
 *
 * @module
 */
import type { Job } from "../job.ts";

/** What a job waits for that its keys make wait, and how many go before it. */
export function awaited(job: Job): { readonly because: string; readonly ahead: number } | null {
  const key = job.bunch?.at;
  if (!job.bunch || !key) return null;
  const { rule: { pattern, each, keys, active }, name, running } = key;
  const because = key.isFull(job.rank)
    ? `${running} of at most ${each} jobs with the key ${name} run (limit ${pattern})`
    : `${active} of at most ${keys} keys are in use, ${name} is not (limit ${pattern})`;
  return { because, ahead: job.bunch.ahead(job) };
}
