/**
 * Whether a value can travel as JSON and come back the same.
 *
 * @module
 */
import type { Issue } from "./runtime.ts";

/** Levels of nesting that are accepted. */
export const depthMax = 64;

/** Values in one input, containers and leaves: more than a body of 1 MiB can hold. */
const valuesMax = 1_000_000;

/** An issue with the word for programs that goes with it. */
export interface Flaw extends Issue {
  readonly code: string;
}

interface Place {
  readonly node: object;
  readonly parent: Place | null;
  readonly key: string;
  readonly depth: number;
}

/**
 * Finds the first thing in `value` that JSON can't carry: nesting deeper than {@link depthMax} (a
 * cycle is endless nesting), numbers that are not finite, strings that are not well formed,
 * functions, symbols and big integers. Walks without recursion, so depth can't hurt it.
 */
export function flawOf(value: unknown, pointer: string): Flaw | null {
  if (typeof value !== "object" || value === null) return leafFlaw(value, pointer);
  const open: Place[] = [{ node: value, parent: null, key: "", depth: 1 }];
  let values = 0;
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    if (place.depth > depthMax) return tooDeep(pointer);
    const node = place.node as Record<string, unknown>;
    if (typeof node.toJSON === "function") continue;
    for (const key of Object.keys(node)) {
      const child = node[key];
      if (++values > valuesMax) return tooLarge(pointer);
      if (!key.isWellFormed()) return notWellFormed(pointerTo(place, pointer), key);
      if (typeof child === "object") {
        if (child !== null) open.push({ node: child, parent: place, key, depth: place.depth + 1 });
      } else if (isFlawed(child)) {
        return leafFlaw(child, `${pointerTo(place, pointer)}/${esc(key)}`);
      }
    }
  }
  return null;
}

/** Writes one reference token of a JSON pointer (RFC 6901). */
export function esc(key: string): string {
  return key.slice(0, 100).toWellFormed().replaceAll("~", "~0").replaceAll("/", "~1");
}

function isFlawed(leaf: unknown): boolean {
  switch (typeof leaf) {
    case "string":
      return !leaf.isWellFormed();
    case "number":
      return !Number.isFinite(leaf);
    case "boolean":
    case "undefined":
    case "object":
      return false;
    default:
      return true;
  }
}

function leafFlaw(leaf: unknown, pointer: string): Flaw | null {
  if (!isFlawed(leaf)) return null;
  if (typeof leaf === "string") return notWellFormed(pointer, leaf);
  if (typeof leaf === "number") {
    const expected = "a finite number";
    const message = `${pointer} must be ${expected}, given ${leaf}`;
    return { code: "invalid_number", pointer, message, expected, given: String(leaf) };
  }
  const given = `a ${typeof leaf}`;
  const message = `${pointer} must be a JSON value, given ${given}`;
  return { code: "invalid_input", pointer, message, expected: "a JSON value", given };
}

function notWellFormed(pointer: string, text: string): Flaw {
  const expected = "well-formed Unicode";
  const given = JSON.stringify(text.slice(0, 80));
  const message = `${pointer || "The value"} must be ${expected}, given ${given}`;
  return { code: "not_well_formed", pointer, message, expected, given };
}

function tooDeep(pointer: string): Flaw {
  const expected = `at most ${depthMax} levels`;
  const message = `${pointer || "The value"} is nested too deeply: limit ${depthMax} levels`;
  return { code: "too_deep", pointer, message, expected };
}

function tooLarge(pointer: string): Flaw {
  const expected = `at most ${valuesMax} values`;
  return { code: "invalid_input", pointer, message: `${pointer} holds too many values`, expected };
}

function pointerTo(place: Place, start: string): string {
  const keys: string[] = [];
  for (let at: Place | null = place; at?.parent; at = at.parent) keys.push(esc(at.key));
  return [start, ...keys.reverse()].join("/");
}
