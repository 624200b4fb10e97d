/**
 * What a decision's record holds besides the decision: what else could have come of the votes, and
 * the way to count them again.
 *
 * @module
 */
import type { Alternative, Candidate, Decision, Envelope } from "../../messages/decision.ts";
import { type Combination, combine } from "./combine.ts";

/** Alternatives that are kept of one decision. */
const alternativesMax = 32;

/** What each of several proposals alone would have given, and what would without each of `vetoes`. */
export function alternatives(
  before: Envelope,
  candidates: readonly Candidate[],
  constraints: readonly Candidate[],
  vetoes: readonly Candidate[],
): readonly Alternative[] {
  const alone = candidates.length < 2 ? [] : candidates.map((candidate): Alternative => ({
    kind: "alone",
    policy: candidate.policy,
    envelope: combine(before, [candidate], constraints).envelope,
  }));
  const without = vetoes.map((veto): Alternative => ({
    kind: "without",
    policy: veto.policy,
    envelope: combine(before, candidates, constraints.filter((other) => other !== veto)).envelope,
  }));
  return [...alone, ...without].slice(0, alternativesMax);
}

/**
 * Counts the votes of a decision again: the same envelope, winner and reason come of them, also from
 * a record that was written as JSON.
 */
export function reevaluate(
  { before, candidates, vetoes }: Pick<Decision, "before" | "candidates" | "vetoes">,
): Combination {
  return combine(before, candidates, vetoes);
}
