/**
 * A time limit that is learnt: some times what nearly all attempts of an operation took.
 *
 * Two percentiles are looked at, and the longer one counts: that of the latest 100 attempts knows
 * soon when an operation becomes slower, that of the latest 500 remembers what is rare. An attempt
 * that the limit itself has ended counts as one that would have had time under twice that limit:
 * otherwise one that is too short would hear of nothing that is longer. So two in a hundred double
 * it. Where several in a row were ended and none was done, the operation is not slow but hangs: then
 * only what was done counts, and the limit is what it was.
 *
 * @module
 */
import { z } from "zod/mini";

/** Attempts that were done before there is a limit. */
export const doneMin = 20;
/** Attempts that are looked at for what is new, and for what is usual. */
const latelyMost = 100;
const keptMost = 500;
const quantile = 0.99;
/** So many times its limit is what an attempt is taken to need that was ended by it. */
const growth = 2;
/** Attempts ended in a row, none done, after which an operation hangs: by then the limit was fourfold. */
const hangsAfter = 5;
/** The longest duration that can be said, ms. */
const longestMs = 2_147_483_647;

/** How a limit is learnt. */
export const learntTimeoutRules = z.strictObject({
  /** The limit, in 99th percentiles of what attempts of the operation took. */
  p99Times: z._default(z.number().check(z.minimum(1.5), z.maximum(1_000)), 5),
  /** The limit is never less. */
  minMs: z._default(z.int().check(z.minimum(1), z.maximum(longestMs)), 10_000),
});

/** Parsed {@link learntTimeoutRules}. */
export type LearntTimeoutRules = z.output<typeof learntTimeoutRules>;

/** How long the latest attempts of one operation took; changed in place. */
export interface Lengths {
  /** ms, a ring; negative: what one counts as that was ended by the limit. */
  readonly latest: number[];
  /** Where the next one goes. */
  next: number;
  /** Ended by the limit since one was done. */
  cutInARow: number;
}

/** A limit and what it follows from. */
export interface LearntLimit {
  readonly limitMs: number;
  readonly p99Ms: number;
  /** Attempts that it was learnt from. */
  readonly attempts: number;
}

/** Of an operation that never ran. */
export const createLengths = (): Lengths => ({ latest: [], next: 0, cutInARow: 0 });

/** True when nothing tells slow attempts from those that never end. */
export const hangs = ({ cutInARow }: Lengths): boolean => cutInARow >= hangsAfter;

/** An attempt was done after `ms`. */
export function noteDone(lengths: Lengths, ms: number): void {
  lengths.cutInARow = 0;
  if (ms >= 0 && ms < Infinity) put(lengths, ms);
}

/** An attempt was ended by its learnt limit, which was `limitMs`. */
export function noteCut(lengths: Lengths, limitMs: number, { p99Times }: LearntTimeoutRules): void {
  // What hangs would only drive out what is known of those that were done.
  if (!hangs(lengths)) put(lengths, -growth * limitMs / p99Times);
  lengths.cutInARow++;
}

/** The limit of the next attempt; null while too little is known. */
export function learntLimit(
  lengths: Lengths,
  { p99Times, minMs }: LearntTimeoutRules,
): LearntLimit | null {
  const { latest, next } = lengths;
  const onlyDone = hangs(lengths);
  const longest: number[] = [];
  let [attempts, done, latelyMs] = [0, 0, 0];
  for (let left = latest.length, at = next; left > 0; left--) {
    at = (at === 0 ? latest.length : at) - 1;
    const ms = latest[at]!;
    if (ms >= 0) done++;
    else if (onlyDone) continue;
    keepLongest(longest, Math.abs(ms));
    if (++attempts === latelyMost) latelyMs = percentile(longest, attempts);
  }
  if (done < doneMin) return null;
  const p99Ms = Math.max(latelyMs, percentile(longest, attempts));
  return { limitMs: Math.max(minMs, Math.ceil(p99Times * p99Ms)), p99Ms, attempts };
}

/** As plain data: the oldest first. */
export const lengthsRow = ({ latest, next }: Lengths): readonly number[] =>
  [...latest.slice(next), ...latest.slice(0, next)].map((ms) => Number(ms.toPrecision(4)));

/** From plain data; null where it is none of ours. */
export function lengthsOf(row: unknown): Lengths | null {
  if (!Array.isArray(row) || !row.every(Number.isFinite)) return null;
  const lengths = createLengths();
  for (const ms of row.slice(-keptMost)) put(lengths, ms);
  return lengths;
}

function put(lengths: Lengths, ms: number): void {
  lengths.latest[lengths.next] = ms;
  lengths.next = (lengths.next + 1) % keptMost;
}

/** Place of the percentile among `count` values, from the longest: the nearest rank. */
const rankOf = (count: number): number => count - Math.ceil(quantile * count);
const ranksMost = rankOf(keptMost) + 1;

const percentile = (longest: readonly number[], count: number): number =>
  longest[rankOf(count)] ?? 0;

/** Keeps the few longest, the longest first: a percentile needs no more of them. */
function keepLongest(longest: number[], ms: number): void {
  if (longest.length === ranksMost && ms <= longest[ranksMost - 1]!) return;
  let at = Math.min(longest.length, ranksMost - 1);
  for (; at > 0 && longest[at - 1]! < ms; at--) longest[at] = longest[at - 1]!;
  longest[at] = ms;
}
