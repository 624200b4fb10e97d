/**
 * Which operations slow each other down.
 *
 * @module
 */
import type { Contention } from "../../messages/capacity.ts";
import { type Contended, type Paces, slowdown } from "../../policies/detectors/contention.ts";
import type { Level, Levels } from "../series/levels.ts";
import type { Tallies } from "../series/read.ts";

/** Operations that are compared, each with each: those with most jobs. */
const operationsMax = 16;
/** Pairs that are told of. */
const pairsMax = 16;

/** Pairs of the operations of the last hours, the worst first. */
export function contentionsOf(
  jobs: ReadonlyMap<string | null, Tallies>,
  seconds: ReadonlyMap<number, Levels>,
): readonly Contention[] {
  const paces = [...jobs].map(([name, tallies]) => ({ name: name!, paces: pacesOf(tallies) }))
    .sort((one, other) => other.paces.size - one.paces.size).slice(0, operationsMax);
  const pressures = new Map([...seconds].map(([at, { byName }]) => [
    at,
    {
      cpu: mean(byName.get("cpuPressureRatio")),
      memory: mean(byName.get("memoryPressureRatio")),
      io: mean(byName.get("ioPressureRatio")),
    } satisfies Record<Contended, number | null>,
  ]));
  const found: Contention[] = [];
  for (const { name: operation, paces: own } of paces) {
    for (const { name: beside, paces: other } of paces) {
      const slower = operation === beside ? null : slowdown(own, other, pressures);
      if (slower) found.push({ operation, beside, ...slower });
    }
  }
  return found.sort((one, other) => other.slowdownRatio - one.slowdownRatio).slice(0, pairsMax);
}

/** How long jobs took that ended in each slot, in the mean. */
const pacesOf = (tallies: Tallies): Paces =>
  new Map(
    [...tallies].filter(([, { durationMs }]) => durationMs.count > 0)
      .map(([at, { durationMs: { sum, count } }]) => [at, sum / count]),
  );

const mean = (level: Level | undefined) =>
  level && level.count > 0 ? level.sum / level.count : null;
