/**
 * Whether a proposal can be used: numbers that are counts and times, and a reason.
 *
 * @module
 */
import type { Candidate } from "../../messages/decision.ts";

/** The numbers of a proposal, by name: this is looked at each time that anybody is asked. */
const fields = [
  ...["floor", "cap", "capRaisableTo", "runningMax", "commandsMax"] as const,
  ...["spares", "keepAliveMs", "wakeAtMs"] as const,
] as const;
const spawnFields = ["lagMs", "backlogMs", "queuePer"] as const;

/** What is wrong with a candidate, as the end of a sentence about who made it; null: nothing. */
export function flawOf({ proposal, failed }: Candidate): string | null {
  if (failed !== undefined) return failed;
  for (const field of fields) {
    const value = proposal[field];
    if (typeof value !== "number") continue;
    if (!(value >= 0 && (field === "cap" || value < Infinity))) return `proposes ${field} ${value}`;
  }
  if (!proposal.spawn) return null;
  for (const field of spawnFields) {
    const value = proposal.spawn[field];
    if (typeof value !== "number") continue;
    const least = field === "queuePer" ? Number.MIN_VALUE : 0;
    if (!(value >= least && value < Infinity)) return `proposes ${field} ${value}`;
  }
  return null;
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
