/**
 * Keys in use, as people see them.
 *
 * @module
 */
import type { KeyUse, LimitStatus } from "../../messages/status.ts";
import type { Quota, Rates } from "./quota.ts";
import { rateText } from "./rate_text.ts";
import type { Rule } from "./rule.ts";
import type { Turns } from "./turns.ts";

/** Keys of a pattern that are shown, and sets of keys that are looked at to find them. */
const shownMax = 5;
const looksMax = 10_000;

/** Every limit with the keys that most jobs wait for or have. */
export function usage(
  { known: { rules, keys, bunches } }: Turns,
  nowMs: number,
): readonly LimitStatus[] {
  const waiting = new Map<string, number>();
  for (const { at, parked } of firstOf(bunches.values())) {
    if (at && parked > 0) waiting.set(at.name, (waiting.get(at.name) ?? 0) + parked);
  }
  const uses = new Map<Rule, KeyUse[]>(rules.all.map((rule) => [rule, []]));
  for (const { name, rule, running, quota } of firstOf(keys.values())) {
    const used = quota && usedOf(quota, nowMs);
    const use = { key: name, running, waiting: waiting.get(name) ?? 0, ...(used && { used }) };
    if (use.running + use.waiting > 0 || used) uses.get(rule)?.push(use);
  }
  return rules.all.map((rule) => ({
    pattern: rule.pattern,
    each: finite(rule.each),
    keys: finite(rule.keys),
    running: rule.running,
    active: rule.active,
    ...(rule.rates && { rates: ratesOf(rule.rates, rule.taken) }),
    hottest: uses.get(rule)!
      .sort((one, other) => other.waiting - one.waiting || other.running - one.running)
      .slice(0, shownMax),
  }));
}

/** What was taken within the last period; null where it is nothing. */
function usedOf({ buckets }: Quota, nowMs: number): Readonly<Record<string, number>> | null {
  const used = [...buckets].map(([unit, bucket]) => [unit, bucket.used(nowMs)] as const);
  return used.some(([, amount]) => amount > 0) ? Object.fromEntries(used) : null;
}

const ratesOf = (rates: Rates, taken: ReadonlyMap<string, number>) =>
  [...rates].map(([unit, rate]) => ({
    unit,
    rate: rateText(rate),
    burst: rate.burst,
    taken: taken.get(unit) ?? 0,
  }));

const finite = (count: number) => count === Infinity ? null : count;

function firstOf<T>(all: Iterator<T>): IteratorObject<T> {
  return Iterator.from({ [Symbol.iterator]: () => all }).take(looksMax);
}
