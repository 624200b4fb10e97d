/**
 * Trees of configuration values before they are checked: laid over each other, and their
 * quantities turned into numbers.
 *
 * @module
 */
import { parserOf } from "./units.ts";

/** Deepest nesting of a configuration. */
const depthMax = 16;

/** Something wrong at a path, in words. */
export interface TreeProblem {
  readonly code: "unit";
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** Whether a value is a mapping (and not null, a list or a class instance). */
export function plain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** Lays `over` upon `under`: mappings key by key, everything else as a whole. */
export function merge(under: unknown, over: unknown, depth = 0): unknown {
  if (over === undefined) return under;
  if (!plain(under) || !plain(over) || depth > depthMax) return over;
  // Options belong to what `name` says: those of another policy must not leak into this one.
  if (under.name !== undefined && over.name !== undefined && under.name !== over.name) return over;
  const keys = new Set([...Object.keys(under), ...Object.keys(over)]);
  // fromEntries defines own keys, so that `__proto__` stays a key, to be refused as unknown.
  return Object.fromEntries(
    [...keys].map((key) => [key, merge(own(under, key), own(over, key), depth + 1)]),
  );
}

/** Turns texts under keys with a unit ("10m" under `timeoutMs`) into numbers. */
export function normalise(tree: unknown): {
  readonly tree: unknown;
  readonly problems: readonly TreeProblem[];
} {
  const problems: TreeProblem[] = [];
  const visit = (node: unknown, path: readonly PropertyKey[]): unknown => {
    if (isOpaque(path)) return node;
    if (path.length > depthMax) {
      problems.push({ code: "unit", path, message: `is nested deeper than ${depthMax}` });
      return null;
    }
    if (Array.isArray(node)) return node.map((item, index) => visit(item, [...path, index]));
    if (plain(node)) {
      return Object.fromEntries(
        Object.entries(node).map(([key, value]) => [key, visit(value, [...path, key])]),
      );
    }
    return quantity(node, path, problems);
  };
  return { tree: visit(tree, []), problems };
}

/** The value at `path`; undefined when there is none. */
export function valueAt(tree: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (node, key) =>
      typeof node === "object" && node !== null && Object.hasOwn(node, key)
        ? (node as Record<PropertyKey, unknown>)[key]
        : undefined,
    tree,
  );
}

/** What a job of a schedule is given is its own business. */
const isOpaque = ([first, , field, own]: readonly PropertyKey[]): boolean =>
  first === "schedules" && field === "job" && (own === "input" || own === "env");

function quantity(node: unknown, path: readonly PropertyKey[], problems: TreeProblem[]): unknown {
  const key = path.at(-1);
  const parse = typeof key === "string" ? parserOf(key) : null;
  if (parse === null || (typeof node !== "number" && typeof node !== "string")) return node;
  try {
    return parse(node);
  } catch (error) {
    problems.push({ code: "unit", path, message: (error as RangeError).message });
    return node;
  }
}

function own(tree: Record<string, unknown>, key: string): unknown {
  return Object.hasOwn(tree, key) ? tree[key] : undefined;
}
