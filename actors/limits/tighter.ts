/**
 * Limits from two sides: a job's own and those of its operation. The tighter of each holds.
 *
 * @module
 */
import type { Limits } from "../../messages/limits.ts";

const least = (a = Infinity, b = Infinity) => Math.min(a, b);

/** Limits that are within both; null where neither has any. */
export function tighter(one: Limits | undefined, other: Limits | undefined): Limits | null {
  if (one === undefined || other === undefined) {
    const given = one ?? other;
    return given === undefined || Object.keys(given).length === 0 ? null : given;
  }
  const numbers = {
    memoryBytes: least(one.memoryBytes, other.memoryBytes),
    cpuCores: least(one.cpuCores, other.cpuCores),
    openFiles: least(one.openFiles, other.openFiles),
    ioRatio: least(one.ioRatio, other.ioRatio),
  };
  const nice = Math.max(one.nice ?? 0, other.nice ?? 0);
  const ioClasses = [one.ioClass, other.ioClass];
  const ioClass = ioClasses.find((name) => name === "idle") ?? ioClasses.find(Boolean);
  const affinity = common(one.affinity, other.affinity);
  const both: Limits = {
    ...Object.fromEntries(Object.entries(numbers).filter(([, value]) => value < Infinity)),
    ...(nice > 0 && { nice }),
    ...(ioClass && { ioClass }),
    ...(affinity && { affinity }),
  };
  return Object.keys(both).length === 0 ? null : both;
}

/** Cores in both lists; those of the second where they have none in common. */
function common(
  one: readonly number[] | undefined,
  other: readonly number[] | undefined,
): readonly number[] | undefined {
  if (!one || !other) return one ?? other;
  const both = one.filter((core) => other.includes(core));
  return both.length > 0 ? both : other;
}
