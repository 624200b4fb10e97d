/**
 * How much a queue may hold.
 *
 * @module
 */
import type { Random } from "./ports.ts";
import type { QueueLimits } from "./queue_listener.ts";
import { Refusal } from "./refusal.ts";

/** What a job costs besides its payload, roughly. */
export const jobBytes = 256;

/** What is in a queue. */
export interface Filled {
  readonly accepting: boolean;
  readonly limits: QueueLimits;
  readonly open: { readonly size: number };
  readonly bytes: number;
}

/** Throws Refusal where a queue has no room for so many more; `random` spreads those who ask again. */
export function refuseIfFull(
  { accepting, limits: { jobsMax, bytesMax }, open, bytes: heldBytes }: Filled,
  jobs: number,
  bytes: number,
  random: Random,
): void {
  if (!accepting) throw new Refusal("draining", "Cannot take jobs as the runtime stops");
  if (open.size + jobs <= jobsMax && heldBytes + bytes <= bytesMax) return;
  const full = `${open.size} of ${jobsMax} jobs, ${heldBytes} of ${bytesMax} bytes`;
  const message = `Cannot take ${jobs} jobs as the queue is full: ${full}`;
  throw new Refusal("queue_full", message, [], 1000 * (0.8 + 0.4 * random.unit()));
}
