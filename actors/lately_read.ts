/**
 * Short texts and limits of time that were read of jobs lately: names, keys, projects. What was right
 * before is not read again, and equal texts are one string.
 *
 * @module
 */

/** Values of a field that are remembered, before all are forgotten. A text has 288 characters at most. */
const valuesMax = 4_096;

type Value = string | number;

/** By field; the ids of other fields seldom come twice. */
const values: Readonly<Record<string, Map<unknown, readonly [value: Value]> | undefined>> = {
  task: new Map(),
  operation: new Map(),
  projectId: new Map(),
  key: new Map(),
  timeoutMs: new Map(),
};

/** The list of only this value, the same for all; undefined where it was not read lately. */
export const latelyRead = <T>(field: string, value: T): readonly [value: T] | undefined =>
  values[field]?.get(value) as readonly [value: T] | undefined;

/** Remembers what is right in a field. */
export function rememberRead(field: string, value: unknown): void {
  const known = values[field];
  if (known === undefined || (typeof value !== "string" && typeof value !== "number")) return;
  if (known.size >= valuesMax) known.clear();
  known.set(value, [value]);
}
