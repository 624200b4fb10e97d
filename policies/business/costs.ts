/**
 * What jobs cost, and what nobody used: workers are paid for as long as they live, processors, memory
 * and disks by what was measured. The costs of all jobs and that of idle workers are the whole.
 *
 * @module
 */
import { z } from "zod/mini";

const price = z._default(z.number().check(z.minimum(0), z.maximum(1e9)), 0);

/** Prices, in any one currency. */
export const costsSchema = z.strictObject({
  /** Its name: `EUR`. */
  currency: z._default(z.string().check(z.minLength(1), z.maxLength(16)), "EUR"),
  /** Of a worker for an hour of its life, whether it has jobs or not. */
  workerPerHour: price,
  /** Of a core for an hour that jobs were seen to use. */
  cpuPerHour: price,
  /** Of a gigabyte (10^9 bytes) for an hour: of a job the most it had, as long as it ran. */
  gbPerHour: price,
  /** Of a gigabyte that jobs read or write. */
  ioPerGb: price,
});

/** Parsed {@link costsSchema}. */
export type Prices = z.output<typeof costsSchema>;

/** What some jobs used. */
export interface Use {
  /** Their part of the time of the workers they were in. */
  readonly workerSeconds: number;
  readonly cpuSeconds: number;
  readonly gbSeconds: number;
  readonly ioBytes: number;
}

const hourS = 3_600;
const gb = 1e9;

/** False where nothing has a price, so that nothing is known of costs. */
export const arePriced = (prices: Prices): boolean =>
  prices.workerPerHour + prices.cpuPerHour + prices.gbPerHour + prices.ioPerGb > 0;

/** What the use of some jobs costs. */
export const costOf = (use: Use, prices: Prices): number =>
  (use.workerSeconds * prices.workerPerHour + use.cpuSeconds * prices.cpuPerHour +
      use.gbSeconds * prices.gbPerHour) / hourS + use.ioBytes / gb * prices.ioPerGb;

/** What all that ran cost, and who has to bear it. */
export interface Bill {
  /** Of all jobs and of idle workers. */
  readonly total: number;
  /** Of workers while no job was in them. */
  readonly idle: number;
  /** Of each use, in their order: its own cost. */
  readonly costs: readonly number[];
  /** Of each use: its part of the idle cost, by its part of the workers' time with jobs. */
  readonly idleCosts: readonly number[];
}

/** The bill of a time in which workers lived for `workerSeconds` together. */
export function billOf(uses: readonly Use[], workerSeconds: number, prices: Prices): Bill {
  const busy = uses.reduce((sum, use) => sum + use.workerSeconds, 0);
  const idle = Math.max(0, workerSeconds - busy) / hourS * prices.workerPerHour;
  const costs = uses.map((use) => costOf(use, prices));
  return {
    total: costs.reduce((sum, cost) => sum + cost, 0) + idle,
    idle,
    costs,
    idleCosts: uses.map((use) => busy === 0 ? 0 : idle * (use.workerSeconds / busy)),
  };
}
