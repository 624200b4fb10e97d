/**
 * Finds operations that slow each other down: one takes longer in slots of time in which the other one
 * runs, and somebody waits more for cores, memory or disks in these. A slow day of a service that both
 * call looks alike but for the waiting, and is no contention.
 *
 * @module
 */

/** Slots of each kind that are needed. */
const slotsMin = 12;
/** Slower by less is nothing to speak of. */
const slowdownMin = 1.2;
/** Deviations of chance by which ranks have to differ: one pair in a thousand does by chance. */
const surelyAt = 3.3;
/** Share of time by which waiting has to be more. */
const pressureMin = .05;

/** What is waited for. */
export type Contended = "cpu" | "memory" | "io";

/** Slots of one operation by their begin: how long its jobs took in the mean, ms. */
export type Paces = ReadonlyMap<number, number>;

/** Shares of time in which somebody waited, by the begin of the slot; null: unknown. */
export type Pressures = ReadonlyMap<number, Readonly<Record<Contended, number | null>>>;

/** What was found of a pair. */
export interface Slowdown {
  /** How many times as long jobs take. */
  readonly slowdownRatio: number;
  /** What is waited for more. */
  readonly of: Contended;
  readonly slotsBeside: number;
  readonly slotsAlone: number;
}

/** How much slower `own` is while `other` runs; null where it is not, or that can't be told. */
export function slowdown(own: Paces, other: Paces, pressures: Pressures): Slowdown | null {
  const beside = [...own].filter(([at]) => other.has(at));
  const alone = [...own].filter(([at]) => !other.has(at));
  if (beside.length < slotsMin || alone.length < slotsMin) return null;
  const slowdownRatio = median(beside) / median(alone);
  if (!(slowdownRatio >= slowdownMin) || separation(beside, alone) < surelyAt) return null;
  const of = waited(beside, alone, pressures);
  if (of === null) return null;
  return { slowdownRatio, of, slotsBeside: beside.length, slotsAlone: alone.length };
}

type Slots = readonly (readonly [at: number, paceMs: number])[];

/** What is waited for most beyond what is usual. */
function waited(beside: Slots, alone: Slots, pressures: Pressures): Contended | null {
  const mean = (slots: Slots, what: Contended) => {
    const known = slots.flatMap(([at]) => pressures.get(at)?.[what] ?? []);
    return known.length === 0 ? null : known.reduce((sum, one) => sum + one, 0) / known.length;
  };
  let most: Contended | null = null;
  let mostMore = pressureMin;
  for (const what of ["cpu", "memory", "io"] as const) {
    const [together, apart] = [mean(beside, what), mean(alone, what)];
    if (together === null || apart === null || together - apart < mostMore) continue;
    most = what;
    mostMore = together - apart;
  }
  return most;
}

/** By how many deviations the ranks of `one` lie above those of `other` (Mann and Whitney). */
function separation(one: Slots, other: Slots): number {
  const all = [
    ...one.map(([, pace]) => ({ pace, isOne: true })),
    ...other.map(([, pace]) => ({
      pace,
      isOne: false,
    })),
  ].sort((a, b) => a.pace - b.pace);
  let ranks = 0;
  for (let from = 0; from < all.length;) {
    let to = from;
    while (to < all.length && all[to]!.pace === all[from]!.pace) to++;
    const rank = (from + 1 + to) / 2;
    for (let i = from; i < to; i++) if (all[i]!.isOne) ranks += rank;
    from = to;
  }
  const [n, m] = [one.length, other.length];
  const above = ranks - n * (n + 1) / 2;
  return (above - n * m / 2) / Math.sqrt(n * m * (n + m + 1) / 12);
}

function median(slots: Slots): number {
  const sorted = slots.map(([, pace]) => pace).sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}
