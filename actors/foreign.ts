/**
 * Policies that somebody else has written, from a file outside of Flyball.
 *
 * @module
 */
import { pathToFileURL } from "node:url";
import type { Choice } from "../policies/choice.ts";
import { Refusal } from "./refusal.ts";

/** A policy from a module, as it stands in the configuration. */
interface ForeignChoice {
  readonly module: string;
  readonly policy: string | null;
  readonly options: Readonly<Record<string, unknown>>;
}

/** Policies of one kind. */
export interface Kind<P> {
  /** Whether a value is one of them. */
  readonly isOne: (value: unknown) => value is P;
  /** Those that Flyball has itself. */
  readonly ours: readonly { readonly name: string }[];
}

/**
 * Loads the policy that `choice` names and begins it with its options. Rejects with a Refusal
 * `invalid_config` that says what is wrong, at `path` or below it.
 */
export async function foreign<P extends { readonly name: string }, B>(
  choice: Choice,
  path: readonly string[],
  kind: Kind<P>,
  begin: (policy: P, options: unknown) => B,
): Promise<B> {
  const { module, policy, options } = choice as unknown as ForeignChoice;
  const found = pick(await load(module, path, kind), policy, { module, path, kind });
  try {
    return begin(found, options);
  } catch (error) {
    const issues = (error as { issues?: { path?: PropertyKey[]; message: string }[] }).issues;
    if (issues === undefined) throw refusal(path, `${found.name} can't be begun: ${error}`);
    const [issue] = issues;
    throw refusal([...path, ...(issue?.path ?? []).map(String)], issue?.message ?? `${error}`);
  }
}

/** The policies that a module exports, by whatever names. */
async function load<P>(module: string, path: readonly string[], { isOne }: Kind<P>): Promise<P[]> {
  const at = [...path, "module"];
  try {
    const url = module.startsWith("file:") ? new URL(module) : pathToFileURL(module);
    const exported = Object.values(await import(url.href) as object).flat();
    return [...new Set(exported)].filter(isOne);
  } catch (error) {
    throw refusal(at, `${module} can't be loaded: ${(error as Error).message.split("\n")[0]}`);
  }
}

function pick<P extends { readonly name: string }>(
  found: readonly P[],
  name: string | null,
  { module, path, kind }: {
    readonly module: string;
    readonly path: readonly string[];
    readonly kind: Kind<P>;
  },
): P {
  const names = found.map((policy) => policy.name);
  const known = names.length === 0 ? "exports no policy" : `exports ${names.join(", ")}`;
  const chosen = found.filter((policy) => policy.name === (name ?? names[0]));
  if (chosen.length === 0) throw refusal([...path, "name"], `${module} ${known}, given ${name}`);
  if (name === null && names.length > 1) {
    throw refusal([...path, "name"], `one of those must be named: ${module} ${known}`);
  }
  const [policy] = chosen;
  if (kind.ours.some((ours) => ours.name === policy!.name)) {
    throw refusal([...path, "name"], `${module} calls its policy ${policy!.name}, as one of ours`);
  }
  return policy!;
}

/** A refusal of what stands at `path` of a configuration. */
export function refusal(path: readonly string[], because: string): Refusal {
  const message = `${path.join(".")}: ${because}`;
  return new Refusal("invalid_config", message, [{ pointer: `/${path.join("/")}`, message }]);
}
