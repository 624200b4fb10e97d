/**
 * How much a queue may hold.
 *
 * @module
 */
import type { QueueLimits } from "./queue_listener.ts";

/** What a job costs besides its payload, roughly. */
export const jobBytes = 256;

/** Says how full a queue is that has no room for so many more; null when it has. */
export function fullness(
  { jobsMax, bytesMax }: QueueLimits,
  held: { readonly jobs: number; readonly bytes: number },
  jobs: number,
  bytes: number,
): string | null {
  if (held.jobs + jobs <= jobsMax && held.bytes + bytes <= bytesMax) return null;
  return `${held.jobs} of ${jobsMax} jobs, ${held.bytes} of ${bytesMax} bytes`;
}
