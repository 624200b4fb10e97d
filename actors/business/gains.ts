/**
 * What became of the time of jobs since the first ones of their operation.
 *
 * @module
 */
import type { GainView } from "../../messages/business.ts";
import { gainOf, type Sides } from "../../policies/business/gain.ts";
import { createHistogram, merge } from "../../policies/estimators/histogram.ts";
import type { Tallies } from "../series/read.ts";
import type { Series } from "../series/series.ts";

/** Where chance begins: who asks twice has the same answer. */
const seed = 0x5eed;

/** All operations together, then each; nothing where none has a baseline and enough jobs since. */
export function gainsOf(
  { baselines }: Pick<Series, "baselines">,
  jobs: ReadonlyMap<string | null, Tallies>,
): readonly GainView[] {
  const sides = new Map<string, Sides>();
  for (const [operation, { durationMs: baseline, untilAt }] of baselines.all) {
    const tallies = jobs.get(operation);
    if (untilAt === null || !tallies) continue;
    const current = createHistogram();
    for (const [at, { durationMs }] of tallies) if (at >= untilAt) merge(current, durationMs);
    sides.set(operation, { baseline, current });
  }
  const views = [...sides].flatMap(([operation, side]) => viewOf(operation, [side]));
  views.sort((one, other) => one.operation! < other.operation! ? -1 : 1);
  return [...viewOf(null, [...sides.values()]), ...views];
}

function viewOf(operation: string | null, sides: readonly Sides[]): GainView[] {
  const gain = gainOf(sides, chance(seed));
  return gain === null ? [] : [{ operation, ...gain }];
}

/** Numbers 0..1 that repeat (mulberry32). */
function chance(from: number): () => number {
  let state = from;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
