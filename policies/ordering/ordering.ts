/**
 * The contract of an ordering policy: which of the jobs that wait is begun next.
 *
 * @module
 */
import { z } from "zod/mini";

/** A job that waits, as far as its turn depends on it. */
export interface Waiter {
  /** Of its class; 0 is the best. */
  readonly rank: number;
  /** Inside its class, -100..100; more is better. */
  readonly urgency: number;
  /** Since when it waits, monotonic ms. */
  readonly dueMs: number;
}

/** How long a job is expected to run, ms. */
export type Expect<W> = (waiter: W) => number;

/** What every ordering policy heeds, whatever else it does. */
export const patience = {
  agedMs: z._default(z.nullable(z.int().check(z.minimum(1))), 30_000).check(
    z.describe(
      "Wait after which a job of a worse class or rank has a turn of its own; null: never",
    ),
  ),
  turns: z._default(z.int().check(z.minimum(2), z.maximum(1_000)), 8).check(
    z.describe("One of so many turns is for those that were left behind"),
  ),
};

/** What follows from the options of {@link patience}. */
export interface Patience {
  readonly agedMs: number | null;
  readonly turns: number;
}

/** A pure order of jobs. Class and rank go before it. */
export interface OrderingPolicy<O extends Patience = Patience> {
  /** Unique in its list; the word for it in a configuration. */
  readonly name: string;
  /** One sentence for the docs table. */
  readonly help: string;
  /** Schema of the options, every one with a default; of any build of Zod 4. */
  readonly options: z.core.$ZodType<O>;
  /** Wait after which a job yields to those that are not late yet; null: never. */
  lateMs(options: O): number | null;
  /**
   * Of the first jobs of two operations, equal in class and rank, which goes first: negative for
   * `one`, 0 where that is left to the shares of the operations. Null: always left to them.
   */
  readonly compare:
    | (<W extends Waiter>(one: W, other: W, nowMs: number, of: Expect<W>) => number)
    | null;
}

/** Declares a policy; exists so that `O` is inferred. */
export function orderingPolicy<O extends Patience>(policy: OrderingPolicy<O>): OrderingPolicy<O> {
  return policy;
}

/** By class, then by rank inside the class; 0: equal in both. */
export function compareLevels(one: Waiter, other: Waiter): number {
  return one.rank - other.rank || other.urgency - one.urgency;
}
