/**
 * Facts as text, made once for all who read them.
 *
 * @module
 */
import type { Fact, GapFact, Stamped } from "../messages/facts.ts";

/** Facts that come close together are passed on so seldom, ms. */
export const restMs = 10;

const texts = new WeakMap<object, string>();

/** The fact as JSON. */
export function factText(item: Stamped<Fact> | GapFact): string {
  let text = texts.get(item);
  if (text === undefined) texts.set(item, text = JSON.stringify(item));
  return text;
}
