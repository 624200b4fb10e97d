/**
 * What is valid in a configuration and can't all be meant: keys that contradict each other, each with
 * the one that wins.
 *
 * @module
 */
import type { Config, PoolConfig } from "./config.ts";
import { choices, nameOf } from "./policy_config.ts";

/** What policies are asked for here. */
type Options = Readonly<Record<string, unknown>>;

/** One sentence for each contradiction, with both keys and what comes of it. */
export function contradictions(config: Config): readonly string[] {
  return Object.entries(config.pools).flatMap(([name, pool]) =>
    choices(pool).flatMap((policy, i) => {
      const path = `pools.${name}.${i === 0 ? "policy" : `policies.${i - 1}`}`;
      return [
        ...memoryAgainstVeto(policy, path),
        ...sizeOutOfBounds(policy, path, pool.workers, `pools.${name}.workers`),
        ...timeoutsBeforeGrowth(policy, path, config.jobs.queueTimeouts),
      ];
    })
  );
}

/** More workers take more memory, which is what there is too little of. */
function memoryAgainstVeto(policy: Options & { readonly name: string }, path: string) {
  if (policy.memoryAction !== "scaleOut") return [];
  return [
    `${path}.memoryAction (scaleOut) adds workers when memory is short, and the memory veto ` +
    `forbids new workers then: the veto wins. hold says the same without asking`,
  ];
}

/** A size that the bounds do not let it have. */
function sizeOutOfBounds(
  policy: Options & { readonly name: string },
  path: string,
  { min, max }: PoolConfig["workers"],
  bounds: string,
) {
  const { workers } = policy;
  if (nameOf(policy) !== "fixed" || typeof workers !== "number") return [];
  if (max !== null && workers > max) {
    return [`${path}.workers (${workers}) is above ${bounds}.max (${max}): the bound wins`];
  }
  if (min !== null && workers < min) {
    return [`${path}.workers (${workers}) is below ${bounds}.min (${min}): the bound wins`];
  }
  return [];
}

/** Jobs that expire before their wait is a reason to grow. */
function timeoutsBeforeGrowth(
  { oldestWaitHighMs }: Options,
  path: string,
  timeouts: Config["jobs"]["queueTimeouts"],
) {
  if (typeof oldestWaitHighMs !== "number") return [];
  return Object.entries(timeouts)
    .filter(([, timeoutMs]) => timeoutMs !== null && timeoutMs < oldestWaitHighMs)
    .map(([key, timeoutMs]) =>
      `jobs.queueTimeouts.${key} (${timeoutMs}) is over before a wait of ` +
      `${path}.oldestWaitHighMs (${oldestWaitHighMs}) asks for a worker: such jobs expire first`
    );
}
