/**
 * What is wrong with a configuration, in words that name the full path, what was expected and
 * what was given.
 *
 * @module
 */
import type { z } from "zod/mini";
import { type TreeProblem, valueAt } from "./config_tree.ts";
import { nearest } from "./nearest.ts";
import type { Issue } from "./refusal.ts";

/** Most problems that are listed. */
const issuesMax = 20;

/** What of a path is meant: its value, or its key. */
export type Part = "value" | "key";

/** Tells where a path was written: `flyball.yaml:3:8`; null when nobody wrote it. */
export type Place = (path: readonly PropertyKey[], part?: Part) => string | null;

interface Written {
  readonly schema: z.core.$ZodType;
  /** The values as they were written, before units were read. */
  readonly written: unknown;
  readonly place: Place;
}

type SchemaIssue = z.core.$ZodIssue;

/** Puts schema issues into words, one {@link Issue} a problem, at most 20. */
export function describeIssues(
  issues: readonly (SchemaIssue | TreeProblem)[],
  written: Written,
): Issue[] {
  return issues.flatMap((issue) =>
    issue.code === "unrecognized_keys"
      ? issue.keys.map((key) => unknownKey([...issue.path, key], written))
      : [problem(issue, written)]
  ).slice(0, issuesMax);
}

function problem(
  issue: Exclude<SchemaIssue, { code: "unrecognized_keys" }> | TreeProblem,
  written: Written,
): Issue {
  const path = issue.path;
  const given = shown(valueAt(written.written, path));
  const { atMost, below } = issue.code === "custom" ? issue.params ?? {} : {};
  if (atMost !== undefined || below !== undefined) {
    const other = [...path.slice(0, -1), (atMost ?? below) as string];
    const bound = `${dotted(other)} (${shown(valueAt(written.written, other))})`;
    const sign = below === undefined ? "<=" : "<";
    return toIssue(path, `${dotted(path)} (${given}) must be ${sign} ${bound}`, written.place);
  }
  if (issue.code === "unit") {
    return toIssue(path, `${dotted(path)}: ${issue.message}`, written.place);
  }
  const expected = expectation(issue);
  const text = expected === null
    ? `${given} ${issue.message}`
    : `expected ${expected}, given ${given}`;
  return {
    ...toIssue(path, `${dotted(path)}: ${text}`, written.place),
    ...(expected === null ? {} : { expected }),
    given,
  };
}

function unknownKey(path: readonly PropertyKey[], { schema, written, place }: Written): Issue {
  const parent = path.slice(0, -1);
  const key = String(path.at(-1));
  const known = keysAt(schema, parent, written);
  const meant = nearest(key, known, 1).map((name) => dotted([...parent, name]));
  let hint = known.length > 0 ? `known keys: ${known.join(", ")}` : "";
  if (meant.length > 0) hint = `did you mean ${meant[0]}?`;
  return toIssue(path, `${dotted(path)}: unknown key${hint ? `; ${hint}` : ""}`, place, "key");
}

function toIssue(
  path: readonly PropertyKey[],
  message: string,
  place: Place,
  part: Part = "value",
): Issue {
  const where = place(path, part);
  return { pointer: pointer(path), message: where === null ? message : `${where} ${message}` };
}

/** What the schema wanted; null when its own message says it better. */
function expectation(issue: SchemaIssue): string | null {
  switch (issue.code) {
    case "invalid_type":
      return words[issue.expected] ?? issue.expected;
    case "invalid_value":
      return issue.message.startsWith("is ") ? null : `one of ${issue.values.join(", ")}`;
    case "invalid_union":
      return issue.discriminator === undefined
        ? "another value"
        : `one of ${(issue as unknown as { options?: unknown[] }).options?.join(", ")}`;
    case "too_small":
      return `${size(issue.origin)}>= ${issue.minimum}`;
    case "too_big":
      return `${size(issue.origin)}<= ${issue.maximum}`;
    case "invalid_key":
      return issue.issues[0]?.message ?? issue.message;
    default:
      return issue.message;
  }
}

const words: Readonly<Record<string, string>> = {
  int: "a whole number",
  number: "a number",
  string: "a text",
  boolean: "true or false",
  array: "a list",
  object: "a mapping",
};

function size(origin: string): string {
  if (origin === "string") return "a text of length ";
  return origin === "array" ? "a list of length " : "";
}

/** The keys a schema knows at `path`, where `value` was written as a whole. */
function keysAt(schema: unknown, path: readonly PropertyKey[], value: unknown): string[] {
  let nodes = [schema];
  path.forEach((key, depth) => {
    const given = valueAt(value, path.slice(0, depth));
    nodes = nodes.flatMap((node) => {
      const each = valuesOf(node);
      if (each !== null) return [each];
      return shapes(node, given).map((shape) => shape[key as string] ?? othersOf(node));
    }).filter(Boolean);
  });
  const given = valueAt(value, path);
  return [...new Set(nodes.flatMap((node) => shapes(node, given)).flatMap(Object.keys))];
}

interface SchemaNode {
  readonly def: {
    readonly innerType?: unknown;
    readonly valueType?: unknown;
    readonly element?: unknown;
    readonly catchall?: unknown;
    readonly options?: readonly SchemaNode[];
    readonly discriminator?: string;
    readonly values?: readonly unknown[];
  };
  readonly shape?: Record<string, unknown>;
}

/** What each value of a list, or of keys of any name, has to be; null where names are given. */
function valuesOf(node: unknown): unknown {
  const { innerType, valueType, element } = (node as SchemaNode).def;
  if (valueType !== undefined) return valueType;
  if (element !== undefined) return element;
  return innerType === undefined ? null : valuesOf(innerType);
}

/** What has to stand under keys that a mapping does not name; undefined where it knows all. */
function othersOf(node: unknown): unknown {
  const { innerType, catchall } = (node as SchemaNode).def;
  return catchall ?? (innerType === undefined ? undefined : othersOf(innerType));
}

/** The mappings a schema may stand for; of a choice only the one that `given` has chosen. */
function shapes(node: unknown, given: unknown): Record<string, unknown>[] {
  const { def, shape } = node as SchemaNode;
  if (shape !== undefined) return [shape];
  if (def.innerType !== undefined) return shapes(def.innerType, given);
  const { options = [], discriminator } = def;
  const name = discriminator === undefined ? undefined : valueAt(given, [discriminator]);
  const chosen = options.filter((option) =>
    discriminator !== undefined &&
    (option.shape?.[discriminator] as SchemaNode | undefined)?.def.values?.includes(name)
  );
  return (chosen.length > 0 ? chosen : options).flatMap((option) => shapes(option, given));
}

function dotted(path: readonly PropertyKey[]): string {
  return path.map(String).join(".");
}

/** A path as a JSON pointer. */
export function pointer(path: readonly PropertyKey[]): string {
  return path.map((key) => `/${String(key).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
