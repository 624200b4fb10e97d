/**
 * What fixes of a diagnosis would have changed, by a simulation of the jobs that the service has had.
 *
 * @module
 */
import type { Cause, Diagnosis } from "../messages/diagnosis.ts";
import type { Choice } from "../policies/choice.ts";
import { effectOf, isSimulated } from "../simulation/effect.ts";
import type { Control } from "./control.ts";
import { askRecorded } from "./recorded.ts";

/** `found` with the effect of each fix that can be simulated, on the jobs of the last `ms`. */
export async function withEffects(
  found: Diagnosis,
  control: Control,
  ms: number,
): Promise<Diagnosis> {
  if (!found.causes.some(({ fix }) => isSimulated(fix))) return found;
  const { workload, seen } = await askRecorded(control, ms);
  const world = { ...seen, policy: [await policyOf(control)] };
  const causes: Cause[] = [];
  for (const cause of found.causes) {
    const effect = await effectOf(cause.fix, found.sight, workload, world);
    causes.push(effect === null ? cause : { ...cause, fix: { ...cause.fix, effect } });
  }
  return { ...found, causes };
}

/** Who decides about the pool; the governor, where it is a policy that only the service has. */
async function policyOf(control: Control): Promise<Choice> {
  const { config } = await control.ask({ method: "GET", path: "/api/v1/config" }) as {
    readonly config: { readonly pools: { readonly default: { readonly policy: Choice } } };
  };
  const { policy } = config.pools.default;
  return policy.name === "module" ? { name: "governor" } : policy;
}
