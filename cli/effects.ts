/**
 * What fixes of a diagnosis would have changed, by a simulation of the jobs that the service has had.
 *
 * @module
 */
import type { Config } from "../actors/config.ts";
import type { Cause, Diagnosis, Fix } from "../messages/diagnosis.ts";
import { effectOf, type EffectWorld, isSimulated, whyNot } from "../simulation/effect.ts";
import type { Control } from "./control.ts";
import { askRecorded } from "./recorded.ts";

/**
 * `found` with the effect of each fix that can be simulated, on the jobs of the last `ms`, and for
 * the other changes of the configuration why they can't be.
 */
export async function withEffects(
  found: Diagnosis,
  control: Control,
  ms: number,
): Promise<Diagnosis> {
  const effect = found.causes.some(({ fix }) => isSimulated(fix))
    ? await simulator(found, control, ms)
    : () => Promise.resolve(null);
  const causes: Cause[] = [];
  for (const cause of found.causes) {
    const known = await effect(cause.fix);
    const because = whyNot(cause.fix);
    const fix = {
      ...cause.fix,
      ...(known !== null && { effect: known }),
      ...(because !== null && { unsimulated: because }),
    };
    causes.push({ ...cause, fix });
  }
  return { ...found, causes };
}

/** Simulates fixes with what the service has had and has. */
async function simulator({ sight }: Diagnosis, control: Control, ms: number) {
  const { workload, seen } = await askRecorded(control, ms);
  const world: EffectWorld = { ...seen, ...await standing(control) };
  return (fix: Fix) => effectOf(fix, sight, workload, world);
}

/** How the usual pool and the door stand; where a policy decides that only the service has, the governor does. */
async function standing(
  control: Control,
): Promise<Required<Pick<EffectWorld, "policy" | "spares" | "burst">>> {
  const { config } = await control.ask({ method: "GET", path: "/api/v1/config" }) as {
    readonly config: Pick<Config, "pools" | "admission">;
  };
  const { pools: { default: { policy, spares } }, admission: { burst } } = config;
  return { policy: policy.name === "module" ? { name: "governor" } : policy, spares, burst };
}
