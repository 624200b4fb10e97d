/**
 * What a change of a pool's room costs: workers that have to come are paid for each hour they stay.
 *
 * @module
 */
import type { DecisionCost, Envelope } from "../../messages/decision.ts";
import type { Prices } from "./costs.ts";

const hourS = 3_600;

/** What `after` instead of `before` adds for a pool of `workers`; prices null: none are known. */
export function changeCost(
  before: Envelope,
  after: Envelope,
  workers: number,
  prices: Prices | null,
): DecisionCost {
  const now = Math.min(Math.max(workers, after.floor), after.cap) - workers;
  const most = after.cap - before.cap;
  const price = prices?.workerPerHour ?? 0;
  return {
    workerSeconds: now * hourS,
    workerSecondsMost: most * hourS,
    money: price === 0
      ? null
      : { now: now * price, most: most * price, currency: prices!.currency },
  };
}
