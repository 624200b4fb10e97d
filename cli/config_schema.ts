/**
 * The configuration as a JSON Schema, for editors.
 *
 * @module
 */
import { z } from "zod/mini";
import { configSchema } from "../actors/config.ts";

/** Texts with a unit, by the end of the key they are for. */
const texts: readonly (readonly [end: RegExp, pattern: string])[] = [
  [/Ms$/, "^\\d+(\\.\\d+)? ?(ms|s|m|h|d)$"],
  [/[bB]ytes(Max)?$/, "^\\d+(\\.\\d+)? ?(B|[kKMGT]B|[KMGT]iB)$"],
  [/Ratio$/, "^\\d+(\\.\\d+)? ?%$"],
];

/** Names of the parts of a schema that hold a schema for each name. */
const byName = new Set(["properties", "$defs"]);

/**
 * The schema of a configuration file (draft 2020-12). What a key's unit lets be a text may be one.
 * What several keys must be together it does not say: `flyball config check` does.
 */
export function configJsonSchema(): unknown {
  const schema = z.toJSONSchema(configSchema(), { io: "input", unrepresentable: "any" });
  return { title: "Flyball's configuration", ...withTexts(schema) as object };
}

function withTexts(node: unknown, key = ""): unknown {
  if (Array.isArray(node)) return node.map((item) => withTexts(item, key));
  if (typeof node !== "object" || node === null) return node;
  const parts = Object.entries(node).map(([name, part]) =>
    [name, byName.has(name) ? eachNamed(part) : withTexts(part, key)] as const
  );
  const schema = Object.fromEntries(parts);
  const [, pattern] = texts.find(([end]) => end.test(key)) ?? [];
  const isNumber = schema["type"] === "number" || schema["type"] === "integer";
  if (pattern === undefined || !isNumber) return schema;
  const { default: usual, ...number } = schema;
  const anyOf = [number, { type: "string", pattern }];
  return usual === undefined ? { anyOf } : { anyOf, default: usual };
}

const eachNamed = (schemas: object) =>
  Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => [name, withTexts(schema, name)]),
  );
