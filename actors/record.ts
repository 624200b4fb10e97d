/**
 * The record of a decision: all that led to it, and what else could have come of it.
 *
 * @module
 */
import type { Candidate, Decision, Envelope } from "../messages/decision.ts";
import type { Reading } from "../messages/signals.ts";
import { changeCost } from "../policies/business/change_cost.ts";
import type { Prices } from "../policies/business/costs.ts";
import type { Combination } from "../policies/scaling/combine.ts";
import { loadOf, type Work } from "../policies/scaling/demand.ts";
import { prospects } from "../policies/scaling/prospects.ts";
import { alternatives } from "../policies/scaling/record.ts";

/** One evaluation. */
export interface Votes {
  readonly reading: Reading;
  /** What the policies propose, and what all constraints allow. */
  readonly candidates: readonly Candidate[];
  readonly constraints: readonly Candidate[];
  readonly before: Envelope;
  readonly combined: Combination;
  /** What is known of the jobs that come. */
  readonly work: Work;
}

/** Who has a part in it that the room is not what the policies propose, by name; empty: nobody. */
export function keepersOf({ candidates, combined: { vetoes } }: Votes): string {
  const held = candidates.filter(({ failed, proposal }) => failed !== undefined || proposal.isHeld);
  if (held.length === 0 && vetoes.length < 2) return vetoes[0]?.policy ?? "";
  return [...new Set([...vetoes, ...held].map(({ policy }) => policy))].join(", ");
}

/** Writes it down; prices null: none are known. */
export function recordOf(
  { reading, candidates, constraints, before, combined, work }: Votes,
  known: Pick<Decision, "id" | "pool" | "decidedAt" | "starts" | "blockedBy">,
  prices: Prices | null,
): Decision {
  const { envelope, winner, vetoes, because } = combined;
  const workers = reading.workers + reading.starting;
  return {
    ...known,
    atMs: reading.nowMs,
    reading,
    candidates,
    vetoes,
    alternatives: alternatives(before, candidates, constraints, vetoes),
    // What other sizes would have brought is of use to people alone.
    prospects: reading.brownout ? [] : prospects(reading, envelope, loadOf(work), prices),
    winner,
    envelope,
    before,
    cost: changeCost(before, envelope, workers, prices),
    adopted: known.blockedBy === null,
    because,
    verdict: null,
  };
}
