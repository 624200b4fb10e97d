/**
 * That jobs have to wait as the host is short of memory, whatever they need of it themselves.
 *
 * @module
 */
import { emergency } from "../policies/constraints/emergency.ts";
import { swap } from "../policies/constraints/swap.ts";
import type { Estate } from "./estate.ts";

const names: ReadonlySet<string> = new Set([emergency.name, swap.name]);

/** Why no more jobs of a pool may run than its envelope says; null where that is not for memory. */
export function memoryBound(
  { controller, pool }: {
    readonly controller: Pick<Estate["controller"], "constraints">;
    readonly pool: Pick<Estate["pool"], "envelope">;
  },
): string | null {
  const { runningMax } = pool.envelope;
  if (runningMax === null) return null;
  const { proposal } =
    controller.constraints.find(({ policy, proposal }) =>
      names.has(policy) && proposal.runningMax === runningMax
    ) ?? {};
  return proposal
    ? `at most ${runningMax} ${runningMax === 1 ? "job" : "jobs"} may run: ${proposal.because}`
    : null;
}
