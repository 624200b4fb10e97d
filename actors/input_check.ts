/**
 * Checks an input at the door against what its task told of it, so that a caller learns at once.
 *
 * The task checks its input itself before it begins and has the last word. What it told came out of
 * its module as JSON Schema, so here it is only ever taken for less than it says: words that could
 * refuse what the task takes, or that cost more than a look (patterns), are left out.
 *
 * @module
 */
import { z } from "zod/mini";
import { english } from "../messages/schemas/english.ts";
import { show } from "./flaw.ts";
import { depthMax, esc, type Flaw } from "./json_value.ts";

/** Finds what is wrong with an input; `pointer` says where it stood. */
export type InputCheck = (input: unknown, pointer: string) => readonly Flaw[];

/** Largest schema that is looked at, characters of JSON. */
const schemaCharsMax = 65_536;
/** Flaws that are told of one input. */
const flawsMax = 20;

type Schema = Readonly<Record<string, unknown>>;

/** Words that hold something to compare with. */
const plain = new Set([
  "type",
  "const",
  "enum",
  "minimum",
  "maximum",
  "exclusiveMinimum",
  "exclusiveMaximum",
  "minLength",
  "maxLength",
  "minItems",
  "maxItems",
  "required",
  "$ref",
]);
/** Words that hold a schema, several, or one for each name. */
const holders = new Set(["items", "additionalProperties", "propertyNames"]);
const lists = new Set(["anyOf", "oneOf", "allOf", "prefixItems"]);
const maps = new Set(["properties", "$defs", "definitions"]);
/** Words that only explain, or that are left to the task. */
const ignored = new Set([
  "$schema",
  "$id",
  "$comment",
  "title",
  "description",
  "default",
  "examples",
  "deprecated",
  "readOnly",
  "writeOnly",
  "format",
  "pattern",
  "multipleOf",
]);

/** A check after `schema`; null where it says nothing that can be checked here. */
export async function inputCheck(schema: unknown): Promise<InputCheck | null> {
  if (!isSchema(schema) || JSON.stringify(schema).length > schemaCharsMax) return null;
  const weaker = weaken(schema, 0);
  if (weaker === null) return null;
  // Only the whole build reads JSON Schema. It takes megabytes, which only these tasks cost.
  const { fromJSONSchema } = await import("zod");
  let type: z.core.$ZodType;
  try {
    type = fromJSONSchema(weaker as Parameters<typeof fromJSONSchema>[0]);
  } catch {
    return null; // Not everything that JSON Schema can say is known here.
  }
  return (input, pointer) => {
    const { error } = z.safeParse(type, input, english);
    return (error?.issues ?? []).slice(0, flawsMax).map((issue) => flawOf(issue, input, pointer));
  };
}

/** The schema without what is left to the task; null where it has words that nobody knows. */
function weaken(schema: unknown, depth: number): unknown {
  if (typeof schema === "boolean") return schema;
  if (!isSchema(schema) || depth > depthMax) return null;
  const weaker: Record<string, unknown> = {};
  for (const [word, value] of Object.entries(schema)) {
    if (ignored.has(word)) continue;
    const known = inner(word, value, depth + 1);
    if (known === null) return null;
    // Without its patterns an input may be several of what it must be one of.
    weaker[word === "oneOf" ? "anyOf" : word] = known;
  }
  return weaker;
}

function inner(word: string, value: unknown, depth: number): unknown {
  if (plain.has(word)) return value;
  if (holders.has(word)) return weaken(value, depth);
  if (lists.has(word) && Array.isArray(value)) {
    const all = value.map((one) => weaken(one, depth));
    return all.includes(null) ? null : all;
  }
  if (!maps.has(word) || !isSchema(value)) return null;
  const all = Object.entries(value).map(([name, one]) => [name, weaken(one, depth)] as const);
  return all.some(([, one]) => one === null) ? null : Object.fromEntries(all);
}

function flawOf(issue: z.core.$ZodIssue, input: unknown, pointer: string): Flaw {
  const extra = issue.code === "unrecognized_keys" ? issue.keys.slice(0, 1) : [];
  const path = [...issue.path, ...extra];
  const at = [pointer, ...path.map((key) => esc(String(key)))].join("/");
  const given = show(path.reduce<unknown>((node, key) => (node as Node)?.[key], input));
  const words = issue.message.replace(/, received .*$/, "");
  const expected = extra.length > 0
    ? "absent"
    : /: expected (.*)$/.exec(words)?.[1] ?? "what the schema of the task allows";
  return {
    code: "invalid_input",
    pointer: at,
    message: `${at}: ${words}, given ${given}`,
    expected,
    given,
  };
}

type Node = Readonly<Record<PropertyKey, unknown>> | undefined;

function isSchema(value: unknown): value is Schema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
