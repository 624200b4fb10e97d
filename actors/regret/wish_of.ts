/**
 * What is to be simulated of a pool: its jobs of the last period, and who decides about it.
 *
 * @module
 */
import type { RegretWish } from "../../messages/regret.ts";
import { quantile } from "../../policies/estimators/histogram.ts";
import type { Choice } from "../../policies/choice.ts";
import { largest } from "../../policies/largest.ts";
import { scalingPolicies, type Stepper } from "../../policies/scaling/mod.ts";
import { followedIn, type SelectOptions } from "../../policies/scaling/select.ts";
import { isObject } from "../is_object.ts";
import type { Estate } from "../estate.ts";
import type { Sampled } from "./sample.ts";

/** Policies that go by what no simulation has: the hour of the day, and numbers of others. */
const unplayed: ReadonlySet<string> = new Set(["schedule", "forecast", "external"]);
/** Waits of jobs, where no policy is told how long they may be, ms. */
const waitTargetMs = 150;
/** What a late job costs, where no policy is told, in run times. */
const latePriceRuns = 10;
/** A start where none was seen, ms. */
const startMs = 20;

/** One who chooses among policies is what it follows. */
function played({ name, options, memory }: Stepper): Choice {
  const given = isObject(options) ? options : {};
  if (name !== "select") return { ...given, name };
  const { among } = given as unknown as SelectOptions;
  return among.find((one) => one.name === followedIn(memory)) ?? among[0]!;
}

/** The wish, or why there can't be one, in words. `instead` takes the place of who chooses. */
export function wishOf(
  { council, metrics, pool }: Pick<Estate, "council" | "metrics" | "pool">,
  sampled: Sampled,
  cores: number,
  budgetMs: number,
  instead: Choice | null = null,
): RegretWish | string {
  const known = new Set(scalingPolicies.map(({ name }) => name));
  const strange = council.policies.find(({ name }) => !known.has(name) || unplayed.has(name));
  if (strange) return `what ${strange.name} goes by can't be simulated`;
  const { keptRatio, cpuRatio, commandsRatio, atMs, serviceMs, spanMs } = sampled;
  const options = (name: string): Record<string, unknown> => {
    const given = council.guards.find((guard) => guard.name === name)?.options;
    return isObject(given) ? given : {};
  };
  const { min, max } = options("bounds");
  const { slots } = pool.options;
  // Thinned jobs have a machine and a pool that are as much smaller.
  const scaled = (count: unknown) => Math.ceil(Number(count ?? 0) * keptRatio);
  const policies = council.policies.map((policy) =>
    policy.name === "select" ? instead ?? played(policy) : played(policy)
  );
  const told = policies.find((policy) => "waitTargetMs" in policy);
  return {
    ...{ atMs, serviceMs, spanMs, cpuRatio, budgetMs, policies },
    min: scaled(min),
    max: Math.max(1, scaled(max ?? largest(cores))),
    spares: scaled(options("spares").spares),
    mustGain: options("gain").mustGain === true,
    // The thread of a worker carries as many tasks as fill a core; commands have cores of their own.
    slots: commandsRatio > .5
      ? slots.commands
      : Math.max(1, Math.min(slots.tasks, cpuRatio === 0 ? Infinity : Math.floor(1 / cpuRatio))),
    startMs: quantile(metrics.startMs, .5) ?? startMs,
    cores: cores * keptRatio,
    waitTargetMs: Number(told?.waitTargetMs ?? waitTargetMs),
    latePriceRuns: Number(told?.latePriceRuns ?? latePriceRuns),
  };
}
