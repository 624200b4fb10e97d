/**
 * What kits for policies of all kinds have in common: plain data, and what every policy tells of
 * itself.
 *
 * @module
 */
import type { Listed } from "../choice.ts";

/** What is wrong with how a policy is called and described. */
export function* told({ name, help }: Omit<Listed, "options">): Iterable<string> {
  if (!/^[a-z][A-Za-z0-9]{0,63}$/.test(name)) yield `name is ${JSON.stringify(name)}`;
  if (typeof help !== "string" || !help.endsWith(".")) yield "help is not a sentence";
}

/** What tells two values apart. */
export const text = (value: unknown): string => JSON.stringify(value) ?? "undefined";

/** A value as it is after it was written as JSON. */
export const plain = (value: unknown): unknown =>
  value === undefined ? undefined : JSON.parse(JSON.stringify(value));

/** Whether JSON gives back what it is given. */
export function isPlain(value: unknown): boolean {
  if (typeof value === "number") return Number.isFinite(value);
  if (typeof value !== "object" || value === null) {
    return value === undefined || value === null || ["string", "boolean"].includes(typeof value);
  }
  const isOurs = Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype;
  return isOurs && Object.values(value).every(isPlain);
}

/** Freezes plain data to the ground, so that changing it throws. */
export function frozen<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(frozen);
  }
  return value;
}
