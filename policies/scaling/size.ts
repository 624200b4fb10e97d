/**
 * Exactly so many workers, as a proposal.
 *
 * @module
 */
import type { Proposal } from "../../messages/decision.ts";
import type { Reading } from "../../messages/signals.ts";

/** Workers there are, starting ones included. */
export function present({ workers, starting }: Pick<Reading, "workers" | "starting">): number {
  return workers + starting;
}

/** `workers`, not more and not less. */
export function size(workers: number, because: string): Proposal {
  return { floor: workers, cap: workers, because };
}

/** As it was, and why; never none for a queue, as nothing would ever change then. */
export function held(workers: number, reading: Reading, because: string): Proposal {
  return size(reading.queued > 0 ? Math.max(1, workers) : workers, `held: ${because}`);
}

/** A number for people: three decimals, none from 100 on. */
export const readable = (value: number): string =>
  String(value >= 100 ? Math.round(value) : Math.round(value * 1_000) / 1_000);
