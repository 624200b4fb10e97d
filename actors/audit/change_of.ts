/**
 * Since when the jobs of an operation take another time.
 *
 * @module
 */
import type { AuditChange } from "../../messages/audit.ts";
import { takeValue, unchanged } from "../../policies/detectors/change.ts";
import { quantileWithin } from "../../policies/estimators/histogram.ts";
import type { Tallies } from "../series/read.ts";

/** When the median of slots took another level, the last time. */
export function changeOf(slots: Tallies): AuditChange | null {
  const medians = [...slots].filter(([, { durationMs }]) => durationMs.count > 0)
    .sort(([one], [other]) => one - other)
    .map(([at, { durationMs }]) => ({ at, medianMs: quantileWithin(durationMs, .5) }));
  let change = unchanged;
  let latest: AuditChange | null = null;
  for (const [i, { medianMs }] of medians.entries()) {
    change = takeValue(change, medianMs);
    if (change.changed === null) continue;
    const { sinceTicks, from, to } = change.changed;
    latest = { at: iso(medians[i + 1 - sinceTicks]!.at), fromMs: from, toMs: to };
  }
  return latest;
}

const iso = (at: number) => new Date(at).toISOString();
