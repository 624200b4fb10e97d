/**
 * A limit as a proposal: no floor, and starts only as a last resort.
 *
 * @module
 */
import type { Proposal } from "../../messages/decision.ts";

/**
 * At most so much. Beside another policy it is a limit and nothing more; alone, workers come one by
 * one for a queue that lasts, later than any other policy would start them.
 */
export function under(limits: Pick<Proposal, "cap" | "runningMax">, because: string): Proposal {
  return {
    floor: 0,
    ...limits,
    spawn: { lagMs: 200, queuePer: 1_000_000 },
    keepAliveMs: 500,
    because,
  };
}
