/**
 * Facts as text, made once for all who read them.
 *
 * @module
 */
import type { Fact, GapFact, Stamped } from "../messages/facts.ts";

/** From so many facts a second on, they are passed on a few at a time. */
export const restPerS = 500;
/** Time between two such times, ms. */
export const restMs = 10;

const texts = new WeakMap<object, string>();

/** The fact as JSON. */
export function factText(item: Stamped<Fact> | GapFact): string {
  let text = texts.get(item);
  if (text === undefined) texts.set(item, text = JSON.stringify(item));
  return text;
}
