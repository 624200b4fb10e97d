/**
 * What operations did lately, beside what they usually do.
 *
 * @module
 */
import type { OperationSight } from "../../messages/diagnosis.ts";
import { quantile } from "../../policies/estimators/histogram.ts";
import { changeOf } from "../audit/change_of.ts";
import { readJobs, type Tallies, timeOf } from "../series/read.ts";
import type { Series } from "../series/series.ts";
import { slotAt } from "../series/steps.ts";
import { categories, endings, place, Tally } from "../series/tally.ts";

/** Lately, ms; of operations whose jobs end more seldom, five times that. */
const latelyMs = 60_000;
const seldomMs = 5 * latelyMs;
/** Jobs that have to have ended lately, and before, to say something. */
const endedMin = 5;
/** How far back what is usual is looked for, ms: what is kept of ten seconds, then of hours. */
const usualMs = [3 * 3_600_000, 7 * 86_400_000] as const;
/** Of one that takes so many times as long as usual it is looked for since when. */
const slowRatio = 1.5;
/** Operations that are looked at: those with most jobs. */
const operationsMax = 64;

/** Operations and what they did. */
export interface Lately {
  /** What each of them did in the last hours, by ten seconds. */
  readonly recent: ReadonlyMap<string | null, Tallies>;
  readonly operations: readonly OperationSight[];
  /** Jobs that end `done` in a second, of the last minute. */
  readonly donePerS: number;
}

/** What is known of all operations that did anything in the last minutes. */
export async function latelyOf(series: Series): Promise<Lately> {
  const wallMs = series.clock.wallMs();
  const [near, far] = usualMs;
  const byOperation = { by: "operation" } as const;
  const recent = await readJobs(series, timeOf("10s", near, wallMs), byOperation);
  const weeks = await readJobs(series, timeOf("1h", far, wallMs), byOperation);
  const operations: OperationSight[] = [];
  let done = 0;
  for (const [name, tallies] of recent) {
    const minute = sum(tallies, wallMs - latelyMs, Infinity);
    done += doneOf(minute);
    const isSeldom = endedOf(minute) < endedMin;
    const from = wallMs - (isSeldom ? seldomMs : latelyMs);
    const lately = isSeldom ? sum(tallies, from, Infinity) : minute;
    if (endedOf(lately) === 0) continue;
    const before = sum(tallies, 0, from);
    const hours = sum(weeks.get(name) ?? new Map(), 0, wallMs - 3_600_000);
    const usual = [before, hours].find(({ durationMs }) => durationMs.count >= endedMin);
    const found = sightOf(name!, lately, usual ?? null);
    operations.push({ ...found, ...slowSince(found, tallies) });
  }
  operations.sort((one, other) => other.ended - one.ended);
  return {
    recent,
    operations: operations.slice(0, operationsMax),
    donePerS: done / (latelyMs / 1_000),
  };
}

function sightOf(name: string, lately: Tally, usual: Tally | null): OperationSight {
  const { sums, durationMs } = lately;
  const meanMs = durationMs.count === 0 ? 0 : durationMs.sum / durationMs.count;
  const cpuKnown = sums[place.cpuKnown]!;
  const cpuMs = cpuKnown === 0 ? null : 1_000 * sums[place.cpuSeconds]! / cpuKnown;
  const of = (category: typeof categories[number]) =>
    sums[place.categoriesFrom + categories.indexOf(category)]!;
  return {
    name,
    ended: endedOf(lately),
    failed: endedOf(lately) - doneOf(lately),
    timedOut: of("timeout"),
    outOfMemory: of("oom"),
    durationMs: quantile(durationMs, .5),
    usualMs: usual && quantile(usual.durationMs, .5),
    cpuRatio: cpuMs === null || meanMs === 0 ? null : Math.min(1, cpuMs / meanMs),
    ioBytes: sums[place.ioKnown] === 0 ? null : sums[place.ioBytes]!,
  };
}

/** Of one that takes longer than usual: since when, if its run time took another level then. */
function slowSince({ durationMs, usualMs }: OperationSight, tallies: Tallies) {
  if (durationMs === null || usualMs === null || durationMs < slowRatio * usualMs) return null;
  const minutes: Tallies = new Map();
  for (const [at, tally] of tallies) {
    const minuteAt = slotAt("1m", at);
    let minute = minutes.get(minuteAt);
    if (!minute) minutes.set(minuteAt, minute = new Tally());
    minute.add(tally);
  }
  const change = changeOf(minutes);
  return change && change.toMs > change.fromMs ? { slowSince: change.at } : null;
}

/** What was done in slots that begin from `from` on and before `until`. */
function sum(tallies: Tallies, from: number, until: number): Tally {
  const all = new Tally();
  for (const [at, tally] of tallies) if (at >= from && at < until) all.add(tally);
  return all;
}

const endedOf = ({ sums }: Tally): number => sums[place.ended]!;
const doneOf = ({ sums }: Tally): number => sums[place.endingsFrom + endings.indexOf("done")]!;
