/**
 * Short texts of jobs that were read lately: names, keys, projects. What was right before is not read
 * again, and equal ones are one string.
 *
 * @module
 */

/** Texts of a field that are remembered, before all are forgotten. A text has 288 characters at most. */
const textsMax = 4_096;

/** By field; the ids of other fields seldom come twice. */
const texts: Readonly<Record<string, Map<unknown, readonly [text: string]> | undefined>> = {
  task: new Map(),
  operation: new Map(),
  projectId: new Map(),
  key: new Map(),
};

/** The list of only this text, the same for all; undefined where it was not read lately. */
export const latelyRead = (field: string, text: unknown): readonly [text: string] | undefined =>
  texts[field]?.get(text);

/** Remembers what is right in a field. */
export function rememberRead(field: string, text: unknown): void {
  const known = texts[field];
  if (known === undefined || typeof text !== "string") return;
  if (known.size >= textsMax) known.clear();
  known.set(text, [text]);
}
