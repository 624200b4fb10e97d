/**
 * What jobs of each operation cost, now and usually: their own part and that of idle workers. Where
 * nothing has a price it is the time of workers.
 *
 * @module
 */
import type { PaidOperation } from "../../policies/alerts/sight.ts";
import { arePriced, billOf, type Prices, type Use } from "../../policies/business/costs.ts";
import { dearerBy, spend, type Spending } from "../../policies/detectors/spending.ts";
import { isObject } from "../is_object.ts";
import { other } from "./cells.ts";

/** Operations that are watched. */
const operationsMax = 64;
/** Where nothing has a price: a second of a worker costs 1. */
const workerSecond: Prices = {
  ...{ currency: "worker seconds", workerPerHour: 3_600 },
  ...{ cpuPerHour: 0, gbPerHour: 0, ioPerGb: 0 },
};

/** What an operation did in ten seconds. */
export interface Spent {
  readonly operation: string;
  /** Jobs that ended. */
  readonly jobs: number;
  readonly use: Use;
}

/** The spendings of all operations. */
export class Spendings {
  readonly #all = new Map<string, Spending>();
  #prices = workerSecond;
  #isNew = false;

  /** Other prices hold: what was spent at the old ones tells nothing of them. */
  adopt(prices: Prices): void {
    const before = keyOf(this.#prices);
    this.#prices = arePriced(prices) ? prices : workerSecond;
    if (keyOf(this.#prices) !== before) this.#all.clear();
  }

  /** Operations of which it is known what their jobs cost usually. */
  get known(): readonly PaidOperation[] {
    const found: PaidOperation[] = [];
    for (const [operation, spending] of this.#all) {
      const timesAsMuch = dearerBy(spending);
      if (timesAsMuch === null) continue;
      const { cost, jobs } = spending.lately;
      found.push({ operation, timesAsMuch, cost: cost / jobs, currency: this.#prices.currency });
    }
    return found;
  }

  /** Ten seconds are over at `at`, in which workers lived so long together. */
  take(all: readonly Spent[], workerSeconds: number, at: number): void {
    const { costs, idleCosts } = billOf(all.map(({ use }) => use), workerSeconds, this.#prices);
    for (const [i, { operation, jobs }] of all.entries()) {
      const before = this.#all.get(operation) ?? null;
      if (operation === other || (before === null && this.#all.size >= operationsMax)) continue;
      this.#all.set(operation, spend(before, jobs, costs[i]! + idleCosts[i]!, at));
      this.#isNew = true;
    }
  }

  /** What is to be stored; null when that is stored already. */
  snapshot(): unknown {
    if (!this.#isNew) return null;
    this.#isNew = false;
    return { prices: keyOf(this.#prices), all: Object.fromEntries(this.#all) };
  }

  /** Takes over what was stored at the same prices; what is not ours is left out. */
  restore(snapshot: unknown): void {
    if (!isObject(snapshot) || snapshot.prices !== keyOf(this.#prices)) return;
    if (!isObject(snapshot.all)) return;
    for (const [name, row] of Object.entries(snapshot.all).slice(0, operationsMax)) {
      if (isSpending(row)) this.#all.set(name, row);
    }
  }
}

const keyOf = (prices: Prices): string => JSON.stringify(Object.entries(prices).sort());

const isSum = (value: unknown): boolean =>
  isObject(value) && typeof value.jobs === "number" && typeof value.cost === "number";

const isSpending = (row: unknown): row is Spending =>
  isObject(row) && typeof row.at === "number" && typeof row.sinceAt === "number" &&
  isSum(row.lately) && isSum(row.usual);
