/**
 * JSON schemas of types, from what `deno doc` says of them, docstrings included. Writes those of the
 * API's answers: `deno run -A tests/type_schemas.ts`.
 *
 * @module
 */
import type { Answer } from "../service/openapi/endpoint.ts";
import { endpoints } from "../service/openapi/endpoints.ts";

/** A JSON schema. */
export type Schema = { readonly [name: string]: unknown };

/** That of an object. */
type Fields = Schema & {
  readonly type: "object";
  readonly properties: Readonly<Record<string, Schema>>;
  readonly required: readonly string[];
};

interface Doc {
  readonly doc?: string;
}

interface Property {
  readonly name: string;
  readonly optional?: boolean;
  readonly tsType: Type;
  readonly jsDoc?: Doc;
}

interface Body {
  readonly properties?: readonly Property[];
  readonly extends?: readonly Type[];
  readonly indexSignatures?: readonly { readonly tsType: Type }[];
}

interface Literal {
  readonly kind: string;
  readonly string?: string;
  readonly number?: number;
  readonly boolean?: boolean;
}

// deno-lint-ignore no-explicit-any -- `value` depends on the kind.
type Type = { readonly kind: string; readonly value: any; readonly repr?: string };

interface Declaration {
  readonly kind: string;
  readonly jsDoc?: Doc;
  readonly def: unknown;
}

interface Documented {
  readonly nodes: Readonly<
    Record<string, { readonly symbols: readonly Named[] }>
  >;
}

interface Named {
  readonly name: string;
  readonly declarations: readonly Declaration[];
}

const root = new URL("..", import.meta.url);
/** Where the schemas of the answers lie. */
export const schemasFile = new URL("service/openapi/schemas.json", root);

/** Schemas of `names` and of all they mention, by name. */
export async function typeSchemas(
  names: Iterable<string>,
): Promise<Readonly<Record<string, Schema>>> {
  const types = await declarations();
  const schemas = new Map<string, Schema>();
  const wanted = [...names];
  for (let name = wanted.pop(); name !== undefined; name = wanted.pop()) {
    if (schemas.has(name)) continue;
    const declared = types.get(name);
    if (!declared) throw new Error(`There is no type ${name} in messages/`);
    schemas.set(name, {});
    schemas.set(name, new Reader(types, (other) => wanted.push(other)).named(declared));
  }
  return Object.fromEntries([...schemas].sort(([one], [other]) => one < other ? -1 : 1));
}

async function declarations(): Promise<ReadonlyMap<string, Declaration>> {
  const files = [...Deno.readDirSync(new URL("messages/", root))]
    .filter(({ isFile }) => isFile).map(({ name }) => `messages/${name}`).sort();
  const { success, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["doc", "--json", ...files],
    cwd: root,
    stderr: "null",
  }).output();
  if (!success) throw new Error("deno doc failed");
  const { nodes } = JSON.parse(new TextDecoder().decode(stdout)) as Documented;
  return new Map(
    Object.values(nodes).flatMap(({ symbols }) => symbols)
      .map(({ name, declarations: [first] }) => [name, first!] as const)
      .filter(([, { kind }]) => kind === "interface" || kind === "typeAlias"),
  );
}

/** Turns one declaration into a schema; `mentions` hears of the types it refers to. */
class Reader {
  readonly #types: ReadonlyMap<string, Declaration>;
  readonly #mentions: (name: string) => void;

  constructor(types: ReadonlyMap<string, Declaration>, mentions: (name: string) => void) {
    this.#types = types;
    this.#mentions = mentions;
  }

  named({ kind, def, jsDoc }: Declaration): Schema {
    const schema = kind === "interface"
      ? this.#body(def as Body)
      : this.#type((def as { readonly tsType: Type }).tsType);
    return { ...described(jsDoc), ...schema };
  }

  #body({ properties = [], extends: parents = [], indexSignatures = [] }: Body): Schema {
    const from = parents.map((parent) => this.#flat(parent));
    const names = properties.filter(({ optional }) => !optional).map(({ name }) => name);
    return {
      type: "object",
      properties: Object.assign(
        {},
        ...from.map(({ properties }) => properties),
        Object.fromEntries(
          properties.map((
            { name, tsType, jsDoc },
          ) => [name, { ...described(jsDoc), ...this.#type(tsType) }]),
        ),
      ),
      required: [...new Set([...from.flatMap(({ required }) => required), ...names])],
      ...(indexSignatures[0] && { additionalProperties: this.#type(indexSignatures[0].tsType) }),
    };
  }

  #type({ kind, value }: Type): Schema {
    switch (kind) {
      case "keyword":
        return keyword(value);
      case "literal":
        return literal(value);
      case "array":
        return { type: "array", items: this.#type(value) };
      case "tuple":
        return { type: "array", prefixItems: value.map((item: Type) => this.#type(item)) };
      case "typeOperator":
        return this.#type(value.tsType);
      case "parenthesized":
        return this.#type(value);
      case "union":
        return this.#union(value);
      case "intersection":
        return value.some((part: Type) => part.kind === "parenthesized")
          ? { allOf: value.map((part: Type) => this.#type(part)) }
          : merged(value.map((part: Type) => this.#flat(part)));
      case "typeLiteral":
        return this.#body(value);
      case "typeRef":
        return this.#reference(value.typeName, value.typeParams ?? []);
      case "indexedAccess":
        return this.#member(value.objType, value.indexType);
      case "mapped":
        return { type: "object", additionalProperties: true };
    }
    throw new Error(`A type of the kind ${kind} has no schema`);
  }

  #union(parts: readonly Type[]): Schema {
    const literals = parts.filter(({ kind }) => kind === "literal");
    const rest = parts.filter(({ kind }) => kind !== "literal").map((part) => this.#type(part));
    const values = literals.map(({ value }) => valueOf(value));
    const all = values.length === 0 ? rest : [{ enum: values }, ...rest];
    return all.length === 1 ? all[0]! : { anyOf: all };
  }

  #reference(name: string, given: readonly Type[]): Schema {
    switch (name) {
      case "Readonly":
        return this.#type(given[0]!);
      case "Record":
        return { type: "object", additionalProperties: this.#type(given[1]!) };
      case "Partial":
        return { ...this.#flat(given[0]!), required: [] };
      case "Required": {
        const schema = this.#flat(given[0]!);
        return { ...schema, required: Object.keys(schema.properties) };
      }
      case "Pick":
      case "Omit":
        return picked(this.#flat(given[0]!), namesIn(given[1]!), name === "Pick");
    }
    this.#mentions(name);
    return { $ref: `#/components/schemas/${name}` };
  }

  /** The fields of a type itself instead of a reference to it. */
  #flat(type: Type): Fields {
    const declared = type.kind === "typeRef" && this.#types.get(type.value.typeName);
    const { allOf, ...schema } = declared ? this.named(declared) : this.#type(type);
    const parts = (allOf as readonly Schema[] | undefined ?? [schema]).map((part) => {
      const name = (part["$ref"] as string | undefined)?.split("/").at(-1);
      return (name === undefined ? part : this.named(this.#types.get(name)!)) as Partial<Fields>;
    });
    return merged(parts);
  }

  #member(object: Type, index: Type): Schema {
    return this.#flat(object).properties[valueOf(index.value)] ?? {};
  }
}

function keyword(word: string): Schema {
  if (word === "unknown" || word === "any") return {};
  return { type: word === "object" ? "object" : word };
}

const literal = (value: Literal): Schema => ({ const: valueOf(value) });

const valueOf = ({ kind, ...value }: Literal): string =>
  (value as Readonly<Record<string, string>>)[kind]!;

const namesIn = ({ kind, value }: Type): readonly string[] =>
  kind === "union" ? value.map(({ value }: Type) => valueOf(value)) : [valueOf(value)];

/** An object with the fields of all. */
function merged(parts: readonly Partial<Fields>[]): Fields {
  const more = parts.find((part) => "additionalProperties" in part)?.["additionalProperties"];
  return {
    type: "object",
    properties: Object.assign({}, ...parts.map(({ properties }) => properties)),
    required: [...new Set(parts.flatMap(({ required }) => required ?? []))],
    ...(more !== undefined && { additionalProperties: more }),
  };
}

function picked(
  { properties, required }: Fields,
  names: readonly string[],
  wants: boolean,
): Fields {
  const stays = (name: string) => names.includes(name) === wants;
  return {
    type: "object",
    properties: Object.fromEntries(Object.entries(properties).filter(([name]) => stays(name))),
    required: required.filter(stays),
  };
}

/** A docstring as it is read outside of the code. */
function described(jsDoc: Doc | undefined): Schema {
  if (jsDoc?.doc === undefined) return {};
  return { description: jsDoc.doc.replaceAll(/\{@link (\w+)[^}]*\}/g, "$1").replaceAll("\n", " ") };
}

/** Names of the types of all answers. */
function answers(): ReadonlySet<string> {
  const names = (answer: Answer | string): readonly string[] => {
    if (typeof answer === "string" || "text" in answer || "object" in answer) return [];
    if ("fields" in answer) return Object.values(answer.fields).flatMap(names);
    return ["list" in answer ? answer.list : answer.type];
  };
  return new Set(
    Object.values(endpoints).flatMap(({ answers }) => Object.values(answers).flatMap(names)),
  );
}

/** The schemas of all answers as text, as they are stored. */
export async function answersText(): Promise<string> {
  return `${JSON.stringify(await typeSchemas(answers()), null, 1)}\n`;
}

if (import.meta.main) await Deno.writeTextFile(schemasFile, await answersText());
