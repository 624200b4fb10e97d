/**
 * Whether a proposal can be used: numbers that are counts and times, and a reason.
 *
 * @module
 */
import type { Candidate, Proposal } from "../../messages/decision.ts";

/**
 * What is wrong with a candidate, as the end of a sentence about who made it; null: nothing. Number
 * by number, as each proposal is looked at each time that anybody is asked: a loop over names takes
 * ten times as long.
 */
export function flawOf({ proposal, failed }: Candidate): string | null {
  if (failed !== undefined) return failed;
  const { floor, cap, capRaisableTo, runningMax, commandsMax, spawn } = proposal;
  const { spares, keepAliveMs, drainMs, wakeAtMs } = proposal;
  const isFine = isAmount(floor) && (isAmount(cap) || cap === Infinity) &&
    isAmount(capRaisableTo) && isAmount(runningMax) && isAmount(commandsMax) &&
    isAmount(spares) && isAmount(keepAliveMs) && isAmount(drainMs) && isAmount(wakeAtMs) &&
    (!spawn || (isAmount(spawn.lagMs) && isAmount(spawn.backlogMs) &&
      isAmount(spawn.queuePer) && spawn.queuePer !== 0));
  return isFine ? null : wordsOf(proposal);
}

/** Of a number, whether it can be a count or a time; what is no number is the schema's business. */
const isAmount = (value: unknown): boolean =>
  typeof value !== "number" || (value >= 0 && value < Infinity);

const fields = [
  ...["floor", "cap", "capRaisableTo", "runningMax", "commandsMax"] as const,
  ...["spares", "keepAliveMs", "drainMs", "wakeAtMs"] as const,
] as const;
const spawnFields = ["lagMs", "backlogMs", "queuePer"] as const;

function wordsOf(proposal: Proposal): string {
  const of = <N extends string>(numbers: { readonly [name in N]?: unknown }, names: readonly N[]) =>
    names.map((name) => [name, numbers[name]] as const);
  const all = [...of(proposal, fields), ...(proposal.spawn ? of(proposal.spawn, spawnFields) : [])];
  const [name, value] = all.find(([name, value]) =>
    !isAmount(value) && !(name === "cap" && value === Infinity) ||
    name === "queuePer" && value === 0
  )!;
  return `proposes ${name} ${value}`;
}

/**
 * A candidate as it is kept: one that can't be used says why, without numbers that JSON can't carry.
 * What policies of others return is looked at here first.
 */
export function usable(candidate: Candidate): Candidate {
  const { policy, proposal } = candidate;
  const isProposal = typeof proposal === "object" && proposal !== null &&
    typeof proposal.floor === "number" && typeof proposal.because === "string";
  const failed = isProposal ? flawOf(candidate) : "proposes nothing that has a floor and a reason";
  if (failed !== null) return unusable(policy, failed);
  if (proposal.cap !== Infinity) return candidate;
  const { cap: _, ...open } = proposal;
  return { policy, proposal: open };
}

/** What is kept of a policy that failed. */
export const unusable = (policy: string, failed: string): Candidate => ({
  policy,
  proposal: { floor: 0, because: failed },
  failed,
});
