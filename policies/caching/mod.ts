/**
 * All caching policies. To add one, write its file and add it here: configuration, docs and
 * conformance tests follow from this list.
 *
 * @module
 */
import { type Choice, choice, listed, optionsOf } from "../choice.ts";
import { arc } from "./arc.ts";
import type { CachingPolicy, Shelf } from "./caching.ts";
import { lfu } from "./lfu.ts";
import { lru } from "./lru.ts";
import { s3fifo } from "./s3fifo.ts";

/** The registry, the default first. */
export const cachingPolicies: readonly CachingPolicy[] = [s3fifo, arc, lfu, lru]
  .map((policy) => policy as unknown as CachingPolicy);

/** Schema of `policy: { name: s3fifo, … }` in the section `cache` of a configuration. */
export const cachingChoice = choice(cachingPolicies);

/** An empty shelf as a configuration wants it; a RangeError or ZodError says what is wrong. */
export function openShelf({ name, ...options }: Choice, bytesMax: number): Shelf {
  const policy = listed(cachingPolicies, name);
  return policy.open(bytesMax, optionsOf(policy, options));
}
