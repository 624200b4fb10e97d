/**
 * What jobs of one kind were worth, by their tallies.
 *
 * @module
 */
import type { BusinessMetrics, Way } from "../../messages/business.ts";
import { type Ends, qualityOf, wayOf } from "../../policies/business/quality.ts";
import type { Tallies } from "../series/read.ts";
import { endings, place, Tally } from "../series/tally.ts";
import { partsMax } from "./time.ts";

/** A time that is looked at in parts. */
export interface Parted {
  /** Its begin and its end, epoch ms. */
  readonly from: number;
  readonly to: number;
}

/** All that some jobs did. */
export function sumOf(tallies: Iterable<Tally>): Tally {
  const all = new Tally();
  for (const tally of tallies) all.add(tally);
  return all;
}

/** What is counted of ends: one that was put back since is none. */
export function endsOf({ sums }: Tally): Ends {
  const done = sums[place.endingsFrom + endings.indexOf("done")]!;
  const begun = sums[place.begun]!;
  return {
    ended: sums[place.ended]! - sums[place.withdrawn]!,
    done,
    handled: sums[place.handled]!,
    failures: sums[place.failures]!,
    resolved: sums[place.resolved]!,
    begun,
    retried: begun - sums[place.attemptsFrom]!,
  };
}

/** What jobs did that are told by `tallies`, by the begins of slots; its costs are for others to say. */
export function worthOf(
  tallies: Tallies,
  time: Parted,
): Omit<BusinessMetrics, "labels" | "cost" | "idleCost"> {
  const all = sumOf(tallies.values());
  const ends = endsOf(all);
  const { completionRatio, autonomousRatio, resolvedRatio, errorRatio, retryRatio } = qualityOf(
    ends,
  );
  const ways = waysOf(tallies, time);
  const { sums } = all;
  const ratio = (part: number, whole: number) => whole === 0 ? null : part / whole;
  return {
    ended: ends.ended,
    done: ends.done,
    completionRatio,
    autonomousRatio,
    errors: ends.resolved + ends.failures,
    resolved: ends.resolved,
    resolvedRatio,
    errorRatio,
    errorWay: ways.error,
    retryRatio,
    retryWay: ways.retry,
    ...all.paidFor,
    memoryUsedRatio: ratio(sums[place.usedGbSeconds]!, sums[place.reservedGbSeconds]!),
    cpuUsedRatio: ratio(sums[place.usedCpuSeconds]!, sums[place.reservedCpuSeconds]!),
  };
}

/** Where errors and retries went over the parts of the window. */
function waysOf(
  tallies: Tallies,
  { from, to }: Parted,
): { readonly error: Way; readonly retry: Way } {
  const partMs = (to - from) / partsMax;
  const parts = Array.from({ length: partsMax }, () => new Tally());
  for (const [at, tally] of tallies) {
    parts[Math.min(partsMax - 1, Math.max(0, Math.floor((at - from) / partMs)))]!.add(tally);
  }
  const qualities = parts.map((part) => qualityOf(endsOf(part)));
  return {
    error: wayOf(qualities.map(({ errorRatio }) => errorRatio)),
    retry: wayOf(qualities.map(({ retryRatio }) => retryRatio)),
  };
}
