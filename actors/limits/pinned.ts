/**
 * Keeps a job with a share of CPU time to as many cores as it can fill.
 *
 * @module
 */
import type { Limits } from "../../messages/limits.ts";
import type { Trees } from "../ports.ts";

/**
 * The same limits with an affinity to as many cores as `cpuCores` needs, of those it may have; the
 * `turn`th job begins at the `turn`th of them, so that they spread.
 */
export function pinned(
  limits: Limits,
  { cores, unable }: Pick<Trees, "cores" | "unable">,
  turn: number,
): Limits {
  const { cpuCores, affinity = cores } = limits;
  if (cpuCores === undefined || unable.affinity !== undefined) return limits;
  const count = Math.ceil(cpuCores);
  if (count >= affinity.length) return limits;
  const own = Array.from({ length: count }, (_, i) => affinity[(turn + i) % affinity.length]!);
  return { ...limits, affinity: own.sort((a, b) => a - b) };
}
