/**
 * What stands in the way of jobs, now.
 *
 * @module
 */
import type { Diagnosis } from "../../messages/diagnosis.ts";
import { diagnose, verdictOf } from "../../policies/diagnosis/mod.ts";
import type { System } from "../system.ts";
import { sightOf } from "./sight.ts";

/** Looks at a running system and tells what it suffers from. */
export async function diagnosisOf(system: System): Promise<Diagnosis> {
  const sight = await sightOf(system);
  const causes = diagnose(sight);
  return {
    at: new Date(system.ports.clock.wallMs()).toISOString(),
    verdict: verdictOf(causes, sight),
    causes,
    sight,
    unknown: system.sampler.vitals.unknown,
  };
}
