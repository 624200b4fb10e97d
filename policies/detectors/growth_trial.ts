/**
 * What a pool does about growth that gains nothing: it gives back half of its workers at a time, and
 * has them again where less gets done with fewer; it keeps the size at which nothing was lost, and
 * tries a few more now and then.
 *
 * That jobs take longer while more of them run can also mean that they are longer than before. Then
 * the first step down loses half of what gets done, within seconds, and is taken back for good.
 *
 * @module
 */
import type { Plateau } from "../../messages/plateau.ts";
import type { Reading } from "../../messages/signals.ts";
import { causeOfPlateau } from "../diagnosis/plateau.ts";
import { add, type Stretch, stretchOf, type Sums, sumsFrom } from "../estimators/stretch.ts";
import { perS } from "../per_second.ts";
import { known } from "../scaling/blind.ts";
import { span } from "../span.ts";
import {
  type Alone,
  atOnce,
  hasGained,
  isBehind,
  isFull,
  isSlow,
  learn,
  stuckAs,
} from "./plateau.ts";
import {
  above,
  below,
  type Down,
  type Held,
  heldAt,
  lower,
  type Rate,
  together,
  type Up,
} from "./size_trial.ts";

/** Shortest and longest stretch, ms; and how many run times and starts of a worker one lasts. */
const stretchLeastMs = 5_000;
const stretchMostMs = 60_000;
const stretchRuns = 2;
const stretchStarts = 2;
/** Jobs that have to end in one, but for the longest; in the very first one. */
const jobsLeast = 50;
const jobsFirst = 10;
/** In one of the first step up; a fourth after each that gained, as wider steps are seen sooner. */
const jobsUp = 1_000;
/** Looks further apart than this begin a new stretch, ms. */
const gapMs = 10_000;
/** Stretches without gain after which workers are given back. */
const strikesMax = 3;
/** Jobs become ever more: each time so much as the first time. */
const lastingRatio = .6;
/** Time after a step that was wrong before another may follow, ms: twice as long each time. */
const againMs = 60_000;
const againMostMs = 600_000;
/** Time that a step has for its workers to come or go, ms. */
const settleMostMs = 60_000;

/** Nothing is limited. */
interface Free {
  readonly kind: "free";
  /** The last stretch whose growth paid; null: none was seen. */
  readonly paid: Stretch | null;
  readonly strikes: number;
  /** By how many the open jobs became more at the first of them, a second. */
  readonly risenPerS: number;
  /** What got done in all of them; null: there is none. */
  readonly done: Rate | null;
}

/** What is made of it. */
export type Phase = Free | Down | Up | Held;

/** What is remembered. */
export interface Growth {
  readonly sums: Sums | null;
  readonly lengthMs: number;
  readonly alone: Alone | null;
  readonly phase: Phase;
  /** Steps down that had to be taken back, and the instant before which there is no other. */
  readonly wrong: number;
  readonly notBeforeMs: number;
}

type Known = Growth & { readonly alone: Alone };

const freeSince = (paid: Stretch | null): Free => ({
  kind: "free",
  paid,
  strikes: 0,
  risenPerS: 0,
  done: null,
});

/** Before the first look. */
export const ungrown: Growth = {
  sums: null,
  lengthMs: stretchLeastMs,
  alone: null,
  phase: freeSince(null),
  wrong: 0,
  notBeforeMs: 0,
};

/** Takes a look. */
export function watch(growth: Growth, reading: Reading): Growth {
  if (!isSound(reading)) return growth;
  const { nowMs } = reading;
  const { phase } = growth;
  if (growth.sums === null || nowMs - growth.sums.atMs > gapMs || nowMs < growth.sums.atMs) {
    return { ...growth, sums: sumsFrom(reading) };
  }
  if ((phase.kind === "down" || phase.kind === "up") && !phase.isSettled) {
    const sums = sumsFrom(reading);
    return hasSettled(phase, reading, growth.lengthMs)
      ? { ...growth, sums, phase: { ...phase, isSettled: true } }
      : { ...growth, sums };
  }
  const sums = add(growth.sums, reading);
  if (!isOver(growth, sums)) return { ...growth, sums };
  const stretch = stretchOf(sums, reading);
  const least = Math.max(
    stretchLeastMs,
    stretchRuns * (stretch.durationMs ?? 0),
    stretchStarts * (reading.startP95Ms ?? 0),
  );
  const { alone } = growth;
  const seen = { ...growth, sums: sumsFrom(reading), lengthMs: Math.min(stretchMostMs, least) };
  return alone === null
    ? { ...seen, alone: learn(null, stretch), phase: freeSince(stretch) }
    : judged({ ...seen, alone }, stretch, reading);
}

/** Whether a stretch is long enough to say something. */
function isOver({ alone, phase, lengthMs }: Growth, { sinceMs, atMs, finished }: Sums): boolean {
  const spanMs = atMs - sinceMs;
  if (alone === null && finished >= jobsFirst) return true;
  if (spanMs >= stretchMostMs) return true;
  const least = phase.kind === "up" ? jobsUp / 4 ** phase.gains : jobsLeast;
  return spanMs >= lengthMs && finished >= least;
}

function judged(growth: Known, stretch: Stretch, reading: Reading): Growth {
  const { phase, alone } = growth;
  const { nowMs } = reading;
  // No step is begun while the service is short of something; one under way is seen to its end.
  if (phase.kind === "held" && reading.brownout) return growth;
  if (phase.kind === "free") return freely(growth, phase, stretch, reading);
  const came = phase.kind === "down"
    ? below(phase, stretch, alone, nowMs)
    : phase.kind === "held"
    ? heldAt(phase, stretch, alone, nowMs)
    : above(phase, stretch, alone, nowMs);
  if (came.phase === "free") return { ...growth, phase: freeSince(stretch) };
  if (came.phase !== "wrong") return { ...growth, phase: came.phase, alone: came.alone };
  // They are needed: what jobs take now is what they take.
  return {
    ...growth,
    alone: learn(null, stretch),
    phase: freeSince(null),
    wrong: growth.wrong + 1,
    notBeforeMs: nowMs + Math.min(againMostMs, againMs * 2 ** growth.wrong),
  };
}

/** Nothing is limited: growth has to pay. */
function freely(
  growth: Known,
  { paid, strikes, ...first }: Free,
  stretch: Stretch,
  reading: Reading,
): Growth {
  const { alone } = growth;
  if (!isFull(stretch)) {
    const hasSlowed = paid !== null && isSlow(stretch, alone);
    // Who takes longer and just keeps up may soon not do so: that is neither good nor bad yet.
    if (hasSlowed && stretch.risen > 0) return growth;
    return {
      ...growth,
      alone: learn(alone, stretch),
      phase: freeSince(hasSlowed ? paid : stretch),
    };
  }
  const kind = paid && stuckAs(paid, stretch, alone);
  if (paid === null || kind === null) {
    const isNew = paid === null || hasGained(paid, stretch) || stretch.workers < paid.workers;
    return { ...growth, phase: freeSince(isNew ? stretch : paid) };
  }
  const risenPerS = stretch.risen * 1_000 / stretch.spanMs;
  // Where jobs have become longer there are more of them until as many end as come again.
  if (!isBehind(stretch) && risenPerS < lastingRatio * first.risenPerS) return growth;
  const done = first.done === null ? stretch : together(first.done, stretch);
  if (strikes + 1 < strikesMax || reading.nowMs < growth.notBeforeMs || reading.brownout) {
    const phase = { paid, strikes: strikes + 1, done, risenPerS: first.risenPerS || risenPerS };
    return { ...growth, phase: { kind: "free", ...phase } };
  }
  const workers = Math.round(stretch.workers);
  const seen = { kind, atOnce: atOnce(kind, stretch, alone), workers };
  const slowed = { ...stretch, usualMs: alone.durationMs };
  const plateau = { ...seen, cause: causeOfPlateau(seen, slowed, reading) };
  const says = saysOf(plateau, paid, stretch, alone);
  const limited = { plateau, says, before: done, vain: 0 };
  return { ...growth, phase: lower(limited, workers, [], stretch, alone, reading.nowMs) };
}

/** Growth that gained nothing, in words. */
function saysOf({ kind, workers }: Plateau, paid: Stretch, stretch: Stretch, alone: Alone): string {
  const grew = `growth from ${Math.round(paid.workers)} to ${workers} workers gained nothing`;
  const ends = `${perS(stretch.perS)} jobs a second end, ${perS(paid.perS)} did`;
  return kind === "slow"
    ? `${grew}: ${ends}, and one takes ${span(stretch.durationMs!)} instead of ` +
      span(alone.durationMs)
    : `${grew}: ${ends}, and ${Math.round(stretch.workers - stretch.busy)} have nothing to do`;
}

/** The workers have come or gone, and what those had to do that have gone is done. */
function hasSettled(
  phase: Down | Up,
  { nowMs, workers, starting }: Reading,
  lengthMs: number,
): boolean {
  const passedMs = nowMs - phase.sinceMs;
  const fits = phase.kind === "down" ? workers + starting <= phase.cap : workers >= phase.cap;
  return passedMs >= settleMostMs || (fits && passedMs >= lengthMs / stretchRuns);
}

const isSound = ({ nowMs, workers, idle, queued, running, finished, oldestWaitMs }: Reading) =>
  known(nowMs) && known(workers) && known(idle) && known(queued) && known(running) &&
  known(finished) && known(oldestWaitMs);
