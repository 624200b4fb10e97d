/**
 * What is wrong with a field, in one sentence and for programs.
 *
 * @module
 */
import type { Flaw } from "./json_value.ts";

/** A field that must be `expected` and is `value`; `whole` is what the empty pointer names. */
export function flaw(
  code: string,
  pointer: string,
  expected: string,
  value: unknown,
  whole = "The job",
): Flaw {
  const given = show(value);
  const message = `${pointer || whole} must be ${expected}, given ${given}`;
  return { code, pointer, message, expected, given };
}

/** A value in a message: short, on one line. */
export function show(value: unknown): string {
  if (typeof value === "number") return Object.is(value, -0) ? "-0" : String(value);
  if (Array.isArray(value)) return value.length === 0 ? "[]" : `an array of ${value.length}`;
  if (typeof value === "string") {
    return value.length > 80 ? `a string of ${value.length} characters` : JSON.stringify(value);
  }
  return value !== null && typeof value === "object" ? "an object" : String(value);
}
