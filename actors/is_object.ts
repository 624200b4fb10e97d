/**
 * Whether something read from JSON is an object.
 *
 * @module
 */

/** True for what has named fields: no list, not null. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
