/**
 * All routing policies. To add one, write its file and add it here: configuration, docs and
 * conformance tests follow from this list.
 *
 * @module
 */
import { listed, optionsOf } from "../choice.ts";
import { leastConnections } from "./least_connections.ts";
import { leastLoaded } from "./least_loaded.ts";
import { powerOfTwo } from "./power_of_two.ts";
import { roundRobin } from "./round_robin.ts";
import type { RoutingPolicy, Taker } from "./routing.ts";
import { weighted } from "./weighted.ts";

/** The registry, the default first. */
export const routingPolicies: readonly RoutingPolicy[] = [
  leastLoaded,
  roundRobin,
  leastConnections,
  weighted,
  powerOfTwo,
].map((policy) => policy as unknown as RoutingPolicy);

/** A policy with its options bound. */
export interface Routing {
  readonly name: string;
  /** Longest time that a job waits for a worker without room while another has some, ms. */
  readonly patienceMs: number;
  /** The memory before the first job. */
  start(): unknown;
  /** The seat of who gets the next job, and what to remember if it is sent there. */
  route(memory: unknown, workers: readonly Taker[], chance: number): readonly [number, unknown];
}

/** Binds the policy called `name`; a RangeError or ZodError says what is wrong. Null: none is asked. */
export function bindRouting(name = "leastLoaded", options: unknown = {}): Routing | null {
  return routingOf(listed(routingPolicies, name), options);
}

/** Binds a policy that need not be in the list; a ZodError says what is wrong with its options. */
export function routingOf(policy: RoutingPolicy, options: unknown = {}): Routing | null {
  const { name, route } = policy;
  const parsed = optionsOf(policy, options);
  if (route === null) return null;
  return {
    name,
    patienceMs: policy.patienceMs(parsed),
    start: () => policy.start(parsed),
    route: (memory, workers, chance) => route(memory, workers, chance, parsed),
  };
}
