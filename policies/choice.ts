/**
 * What follows from a list of policies: the configuration's schema, its JSON schema, the rows of
 * the docs. The list is the registry; nothing is registered twice.
 *
 * @module
 */
import { z } from "zod/mini";
import { english } from "../messages/schemas/english.ts";

/** What every kind of policy has in common. */
export interface Listed {
  /** Unique in its list; the word for it in a configuration. */
  readonly name: string;
  /** One sentence for the docs table. */
  readonly help: string;
  /** Schema of its options, every one with a default; of any build of Zod 4. */
  readonly options: z.core.$ZodType;
}

/** A policy as it stands in the configuration: its name among its options. */
export type Choice = { readonly name: string } & Readonly<Record<string, unknown>>;

/** One row of a docs table. */
export interface DocsRow {
  /** Name of the policy. */
  readonly name: string;
  /** What it does. */
  readonly help: string;
  /** Its options in the order of the schema. */
  readonly options: readonly {
    readonly name: string;
    readonly default: unknown;
    readonly help: string;
  }[];
}

/** The schema of a choice from `list`: one of the names, with the options of that name. */
export function choice(list: readonly Listed[]): z.ZodMiniType<Choice, Choice> {
  const [first, ...others] = list.map(({ name, options }) =>
    z.safeExtend(options as z.ZodMiniObject, { name: z.literal(name) })
  );
  if (first === undefined) throw new RangeError("Cannot choose as the list is empty");
  const union: unknown = z.discriminatedUnion("name", [first, ...others]);
  return union as z.ZodMiniType<Choice, Choice>;
}

/** JSON schema of what may be written in a configuration: defaults can be left out. */
export function jsonSchema(list: readonly Listed[]): z.core.JSONSchema.JSONSchema {
  return z.toJSONSchema(choice(list), { io: "input" });
}

/** The docs table of `list`. */
export function docsRows(list: readonly Listed[]): readonly DocsRow[] {
  return list.map(({ name, help, options }) => {
    const { properties = {} } = z.toJSONSchema(options, { io: "input" });
    const rows = Object.entries(properties).map(([option, schema]) => {
      const { default: value, description = "" } = schema as z.core.JSONSchema.BaseSchema;
      return { name: option, default: value, help: description };
    });
    return { name, help, options: rows };
  });
}

/** The entry of `list` called `name`; a RangeError that names the others when there is none. */
export function listed<P extends Listed>(list: readonly P[], name: string): P {
  const found = list.find((policy) => policy.name === name);
  if (found !== undefined) return found;
  const names = list.map((policy) => policy.name).join(", ");
  throw new RangeError(
    `Cannot bind policy as name must be one of ${names}: current value is ${name}`,
  );
}

/** The options of a policy as given, with all defaults; throws a ZodError that says what is wrong. */
export function optionsOf<O>(policy: { readonly options: z.core.$ZodType<O> }, given: unknown): O {
  return z.parse(policy.options, given, english);
}
