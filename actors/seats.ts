/**
 * The policies of a pool, bound to their options and at hand.
 *
 * @module
 */
import type { Choice } from "../policies/choice.ts";
import type { ScalingPolicy } from "../policies/policy.ts";
import { bind, scalingPolicies, type Stepper, stepperOf } from "../policies/scaling/mod.ts";
import { paced } from "../policies/scaling/paced.ts";
import type { PoolConfig } from "./config.ts";
import { foreign, refusal } from "./foreign.ts";
import { isObject } from "./is_object.ts";
import { choices, type Policies } from "./policy_config.ts";

/** Bound policies by what the configuration says of them. */
export type Seats = ReadonlyMap<string, Stepper>;

/**
 * Binds the policies of the pool named `pool`; those of `seated` whose choice is as it was go on, and
 * know what they knew where only the largest size of the pool is another. Rejects with a Refusal
 * `invalid_config` that names the one that can't be used, and why.
 */
export async function seats(
  pool: string,
  { workers: { max: usual }, reserve, ...policies }:
    & Policies
    & Pick<PoolConfig, "workers">
    & Partial<Pick<PoolConfig, "reserve">>,
  seated: Seats = new Map(),
): Promise<Seats> {
  // What is kept for emergencies is nothing that a policy has to know of: bounds hold it.
  const max = usual === null ? null : Math.max(usual, reserve?.workersMax ?? 0);
  const next = new Map<string, Stepper>();
  const names = new Set<string>();
  for (const [i, choice] of choices(policies).entries()) {
    const path = ["pools", pool, ...(i === 0 ? ["policy"] : ["policies", String(i - 1)])];
    const asked = `${JSON.stringify(choice)} of `;
    const key = `${asked}${max}`;
    const before = [...seated].find(([known]) => known.startsWith(asked))?.[1];
    const stepper = seated.get(key) ??
      paced(await bound(upTo(max, choice), path, before?.memory));
    if (names.has(stepper.name)) throw refusal(path, `${stepper.name} has its say already`);
    names.add(stepper.name);
    next.set(key, stepper);
  }
  return next;
}

/** Who is not told how many workers it may have at most may have as many as the pool may. */
function upTo(max: number | null, choice: Choice): Choice {
  return max !== null && choice.workersMax === null ? { ...choice, workersMax: max } : choice;
}

async function bound(choice: Choice, path: readonly string[], memory: unknown): Promise<Stepper> {
  const { name, ...options } = choice;
  if (name !== "module") return bind(name, options, memory);
  return await foreign(
    choice,
    path,
    { isOne: isPolicy, ours: scalingPolicies },
    (policy, own) => stepperOf(policy, own, memory),
  );
}

function isPolicy(value: unknown): value is ScalingPolicy {
  return isObject(value) && typeof value.name === "string" && isObject(value.options) &&
    [value.start, value.step, value.everyMs].every((part) => typeof part === "function");
}
