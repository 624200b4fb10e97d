/**
 * The routing policies of all pools, bound to their options and at hand.
 *
 * @module
 */
import type { Choice } from "../policies/choice.ts";
import { bindRouting, type Routing, routingOf, routingPolicies } from "../policies/routing/mod.ts";
import type { RoutingPolicy } from "../policies/routing/routing.ts";
import type { Config } from "./config.ts";
import { foreign } from "./foreign.ts";
import { isObject } from "./is_object.ts";

/** What was chosen for each pool; null: nobody is asked. */
export type Routings = ReadonlyMap<string, {
  /** As the configuration says it. */
  readonly said: string;
  readonly routing: Routing | null;
}>;

/**
 * Binds the routing of each pool; those of `before` whose choice is as it was go on. Rejects with a
 * Refusal `invalid_config` that names the one that can't be used, and why.
 */
export async function routings(
  { pools }: Pick<Config, "pools">,
  before: Routings = new Map(),
): Promise<Routings> {
  const next = new Map<string, { readonly said: string; readonly routing: Routing | null }>();
  for (const [pool, { routing: choice }] of Object.entries(pools)) {
    const said = JSON.stringify(choice);
    const known = before.get(pool);
    next.set(pool, known?.said === said ? known : { said, routing: await bound(pool, choice) });
  }
  return next;
}

async function bound(pool: string, choice: Choice): Promise<Routing | null> {
  const { name, ...options } = choice;
  if (name !== "module") return bindRouting(name, options);
  const kind = { isOne: isRouting, ours: routingPolicies };
  return await foreign(choice, ["pools", pool, "routing"], kind, routingOf);
}

function isRouting(value: unknown): value is RoutingPolicy {
  return isObject(value) && typeof value.name === "string" && isObject(value.options) &&
    [value.start, value.route, value.patienceMs].every((part) => typeof part === "function");
}
