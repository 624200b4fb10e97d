/**
 * All ordering policies. To add one, write its file and add it here: configuration, docs and
 * conformance tests follow from this list.
 *
 * @module
 */
import { choice, listed, optionsOf } from "../choice.ts";
import { classic } from "./classic.ts";
import { compareLevels, type Expect, type OrderingPolicy, type Waiter } from "./ordering.ts";
import { punctual } from "./punctual.ts";
import { shortest } from "./shortest.ts";

/** The registry, the default first. */
export const orderingPolicies: readonly OrderingPolicy[] = [classic, shortest, punctual]
  .map((policy) => policy as unknown as OrderingPolicy);

/** Schema of `ordering: { name: classic, … }` in a pool's configuration. */
export const orderingChoice = choice(orderingPolicies);

/** A policy with its options bound. */
export interface Ordering {
  readonly name: string;
  /** Wait after which a job of a worse class or rank is left behind, ms; Infinity: never. */
  readonly agedMs: number;
  /** One of so many turns is for those that were left behind. */
  readonly turns: number;
  /** Wait after which a job yields to those that are not late, ms; Infinity: never. */
  readonly lateMs: number;
  /** Whether it has to be told how long jobs are expected to run. */
  readonly expects: boolean;
  /** Negative where `one` goes first, 0 where neither does. */
  compare<W extends Waiter>(one: W, other: W, nowMs: number, of: Expect<W>): number;
}

/** Binds the policy called `name`; a RangeError or ZodError says what is wrong. */
export function bindOrdering(name = "classic", options: unknown = {}): Ordering {
  const policy = listed(orderingPolicies, name);
  const parsed = optionsOf(policy, options);
  const { compare } = policy;
  return {
    name,
    agedMs: parsed.agedMs ?? Infinity,
    turns: parsed.turns,
    lateMs: policy.lateMs(parsed) ?? Infinity,
    expects: compare !== null,
    compare: (one, other, nowMs, of) =>
      compareLevels(one, other) || (compare?.(one, other, nowMs, of) ?? 0),
  };
}
