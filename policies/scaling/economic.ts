/**
 * The size of a pool by its price: one more worker as long as it saves more than it costs.
 *
 * @module
 */
import { leastWorkers, peaked, tail } from "../estimators/erlang.ts";

/** What a pool is for. All times in the same unit. */
export interface Demand {
  /** Workers that are busy on average. */
  readonly load: number;
  /** Mean time that a job takes. */
  readonly service: number;
  /** Wait after which a job is late. */
  readonly wait: number;
  /** What a late job costs, in the time of a worker. */
  readonly latePrice: number;
  /** How uneven arrivals are: 1 for independent ones. Default 1. */
  readonly peakedness?: number;
}

/**
 * The fewest workers of which one more would save less lateness than it costs:
 * `price x rate x (P_n - P_n+1) <= 1`, where P_n is the share of late jobs among n workers. More
 * than the load in any case; 0 without one.
 */
export function economicWorkers(demand: Demand, most?: number): number {
  const { load, peakedness = 1 } = demand;
  return peaked(load, peakedness, (load) => economic({ ...demand, load }, most));
}

function economic(demand: Demand, most?: number): number {
  const { load, service, wait, latePrice } = demand;
  const perLate = latePrice * load / service;
  return leastWorkers(load, (blocked, n) => {
    const next = load * blocked / (n + 1 + load * blocked);
    return perLate * (tail(blocked, n, wait, demand) - tail(next, n + 1, wait, demand)) <= 1;
  }, most);
}
