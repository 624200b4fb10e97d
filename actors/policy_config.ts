/**
 * Who decides about a pool, as it stands in the configuration.
 *
 * @module
 */
import { z } from "zod/mini";
import { type Choice, choice } from "../policies/choice.ts";
import { routingPolicies } from "../policies/routing/mod.ts";
import { scalingPolicies } from "../policies/scaling/mod.ts";
import { plain } from "./config_tree.ts";

/** Policies of one pool besides its first, at most. */
const othersMax = 8;

/** A policy that somebody else has written, in the form in which it is checked. */
const foreign = {
  name: "module",
  help: "A policy from a module.",
  options: z.strictObject({
    /** Path of the module, from where the service was started; or a `file:` address. */
    module: z.string().check(z.minLength(1), z.maxLength(4_096)),
    /** Which of its policies; null: its only one. */
    policy: z._default(z.nullable(z.string().check(z.minLength(1), z.maxLength(64))), null),
    /** Options of that policy, checked when it is loaded. */
    options: z._default(z.record(z.string(), z.unknown()), {}),
  }),
};

const anyPolicy = choice([...scalingPolicies, foreign]);

/** Schema of `routing: { name: leastLoaded, … }` in a pool's configuration. */
export const routingChoice = choice([...routingPolicies, foreign]);

/** Keys of a pool that say who decides. */
export const policyKeys = {
  /** The scaling policy: its name among its own options. */
  policy: z.prefault(anyPolicy, { name: "governor" }),
  /** Others that have a say: the largest size and floor hold, and the smallest limit. */
  policies: z._default(z.array(anyPolicy).check(z.maxLength(othersMax)), []),
};

/** What `policyKeys` come to. */
export interface Policies {
  readonly policy: Choice;
  readonly policies: readonly Choice[];
}

/** The policies of a pool, the first one first. */
export const choices = ({ policy, policies }: Policies): readonly Choice[] => [policy, ...policies];

/** What a policy of the configuration is called. */
export const nameOf = ({ name, policy, module }: Choice): string =>
  name === "module" ? String(policy ?? module) : name;

/** Brings `{ module, name, …options }` into the form of the schema, for every pool of a tree. */
export function unfoldModules(tree: unknown): unknown {
  if (!plain(tree) || !plain(tree.pools)) return tree;
  const pools = Object.entries(tree.pools).map(([name, pool]) => [
    name,
    !plain(pool) ? pool : {
      ...pool,
      ...("policy" in pool && { policy: unfolded(pool.policy) }),
      ...("routing" in pool && { routing: unfolded(pool.routing) }),
      ...(Array.isArray(pool.policies) && { policies: pool.policies.map(unfolded) }),
    },
  ]);
  return { ...tree, pools: Object.fromEntries(pools) };
}

function unfolded(policy: unknown): unknown {
  if (!plain(policy) || policy.module === undefined || policy.name === "module") return policy;
  const { module, name = null, ...options } = policy;
  return { name: "module", module, policy: name, options };
}
