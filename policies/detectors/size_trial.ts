/**
 * Trials of a smaller size, and of a larger one: each step is measured, and kept or taken back.
 *
 * @module
 */
import type { Plateau } from "../../messages/plateau.ts";
import { errorOf, type Stretch } from "../estimators/stretch.ts";
import { type Alone, atOnce, isSlow } from "./plateau.ts";

/** Less is done with fewer workers: by so much, and so many standard errors. */
const lossRatio = .1;
const lossSigmas = 2.5;
/** A size is right when no more than a tenth of it is not needed. */
const nearRatio = .9;
/** The first step up, of the size; the part of a step that has to show. */
const stepRatio = .1;
const stepGainRatio = .5;
/** Steps up, each twice as wide as the one before: standard errors that have to be passed. */
const stepSigmas = [1.5, 2, 3] as const;
/** A first step is as wide as can be told from chance in the longest stretch, of so many seconds. */
const stretchMostS = 60;
/** Time before growth is tried again, ms: twice as long each time in vain, up to the most. */
const againMs = 30_000;
const againMostMs = 120_000;
/** Time without waiting jobs after which it is, too, ms. */
const calmMs = 300_000;
/** A mean of what gets done is of no more than so long, ms. */
const meanMostMs = 240_000;

/** What a step is held against. */
export type Rate = Pick<Stretch, "perS" | "finished" | "spanMs">;

/** A limit that is tried, or has proved right. */
export interface Limited {
  readonly cap: number;
  readonly plateau: Plateau;
  /** What was seen, in words. */
  readonly says: string;
  /** What got done before the step; of a size that is held, what gets done with it. */
  readonly before: Rate;
  /** Steps up in vain. */
  readonly vain: number;
}

/** A step under way. */
interface Step extends Limited {
  readonly sinceMs: number;
  /** The workers have come, or gone. */
  readonly isSettled: boolean;
}

/** Fewer are tried. */
export interface Down extends Step {
  readonly kind: "down";
  /** Smaller sizes with which nothing was lost, as far as could be seen; the last one the smallest. */
  readonly goods: readonly number[];
  /** Jobs are hardly slower than undisturbed: there is no step after this one. */
  readonly isLast: boolean;
}

/** More are tried. */
export interface Up extends Step {
  readonly kind: "up";
  /** The size that it goes back to, and steps that gained so far. */
  readonly back: number;
  readonly gains: number;
  readonly full: Rate;
  readonly goods: readonly number[];
}

/** A size that does as much as a larger one. */
export interface Held extends Limited {
  readonly kind: "held";
  /** When it is tried to grow, and when a job waited last, monotonic ms. */
  readonly againMs: number;
  readonly wantedMs: number;
  /** What got done with more, and sizes that seemed to be enough for it, the last one the smallest. */
  readonly full: Rate;
  readonly goods: readonly number[];
}

/**
 * What comes of a step: a phase and what is known of the run time; `free` when nothing is limited any
 * more, `wrong` when the very first step down has lost something.
 */
export interface Verdict {
  readonly phase: Down | Up | Held | "free" | "wrong";
  readonly alone: Alone;
}

/** Half as many, and no fewer than are needed. */
export function lower(
  limited: Omit<Limited, "cap">,
  workers: number,
  goods: readonly number[],
  stretch: Stretch,
  alone: Alone,
  nowMs: number,
): Down {
  const { plateau, says, before, vain } = limited;
  const cap = Math.max(needed(limited, stretch, alone), Math.ceil(workers / 2));
  const step = { sinceMs: nowMs, isSettled: false };
  const isLast = goods.length > 0 && !isStuck(plateau, stretch, alone);
  return { kind: "down", plateau, says, before, vain, ...step, cap, goods, isLast };
}

/** As many as are enough, if the run time is as long as it may be by what is known of it. */
function needed(
  { plateau: { kind }, before }: Pick<Limited, "plateau" | "before">,
  stretch: Stretch,
  alone: Alone,
): number {
  if (kind === "idle") return Math.max(1, Math.ceil(stretch.busy));
  const { perS } = together(before, stretch);
  const surely = 1 + 1 / Math.sqrt(alone.jobs);
  const each = Math.max(1, stretch.running / Math.max(1, stretch.busy));
  return Math.max(1, Math.round(surely * atOnce(kind, { ...stretch, perS }, alone) / each));
}

/** Fewer were tried. */
export function below(down: Down, stretch: Stretch, alone: Alone, nowMs: number): Verdict {
  const { before, cap, plateau, goods, isLast } = down;
  if (isWanted(stretch) && hasLost(before, stretch)) return back(down, before, alone, nowMs);
  const enoughRatio = isStuck(plateau, stretch, alone) ? nearRatio : 1;
  if (!isLast && needed(down, stretch, alone) < enoughRatio * cap) {
    return { phase: lower(down, cap, [...goods, cap], stretch, alone, nowMs), alone };
  }
  return { phase: hold({ ...down, full: before }, cap, stretch, nowMs), alone };
}

/** Less gets done, beyond chance. */
function hasLost(before: Rate, after: Rate): boolean {
  const loss = before.perS - after.perS;
  const chance = lossSigmas * Math.hypot(errorOf(before), errorOf(after));
  return loss > Math.max(lossRatio * before.perS, chance);
}

/** To the size that was enough for what got done. */
function back(
  limited: Limited & Pick<Down, "goods">,
  full: Rate,
  alone: Alone,
  nowMs: number,
): Verdict {
  const good = limited.goods.at(-1);
  if (good === undefined) return { phase: "wrong", alone };
  const goods = limited.goods.slice(0, -1);
  const phase = hold({ ...limited, full, goods }, good, unseen(full), nowMs);
  return { phase, alone: enough(alone, good, full) };
}

/** A job takes no less than with which all of `workers` are needed. */
function enough(alone: Alone, workers: number, { perS }: Rate): Alone {
  const durationMs = perS > 0 ? nearRatio * workers * 1_000 / perS : 0;
  return { ...alone, durationMs: Math.max(alone.durationMs, durationMs) };
}

function hold(
  limited: Limited & Pick<Held, "full" | "goods">,
  cap: number,
  before: Rate,
  nowMs: number,
): Held {
  const { plateau, says, vain, full, goods } = limited;
  const nextMs = nowMs + Math.min(againMostMs, againMs * 2 ** vain);
  const held = { cap, before, full, goods, againMs: nextMs, wantedMs: nowMs };
  return { kind: "held", plateau, says, vain, ...held };
}

/** No more are needed, as it seems. */
export function heldAt(held: Held, stretch: Stretch, alone: Alone, nowMs: number): Verdict {
  const { cap, plateau } = held;
  const wantedMs = isWanted(stretch) ? nowMs : held.wantedMs;
  if (nowMs - wantedMs > calmMs) return { phase: "free", alone };
  if (!isWanted(stretch)) return { phase: { ...held, wantedMs }, alone };
  const tooMany = needed(held, stretch, alone) < nearRatio * cap - 1;
  if (tooMany && plateau.kind === "slow" && isStuck(plateau, stretch, alone)) {
    const limited = { ...held, before: stretch };
    return { phase: lower(limited, cap, [cap], stretch, alone, nowMs), alone };
  }
  const before = together(held.before, stretch);
  // Where jobs take no longer than undisturbed it is the size that is in their way.
  if (hasLost(held.full, before) && !isSlow(stretch, alone)) {
    return back(held, held.full, alone, nowMs);
  }
  if (nowMs < held.againMs) return { phase: { ...held, before, wantedMs }, alone };
  return { phase: raise({ ...held, before }, cap, 0, nowMs), alone };
}

/** A step up from `back`: the first as wide as can be seen, each after one that gained twice as wide. */
function raise(
  limited: Limited & Pick<Held, "full" | "goods">,
  back: number,
  gains: number,
  nowMs: number,
): Up {
  const { plateau, says, before, vain, full, goods } = limited;
  const visible = 2 * stepSigmas[0] / Math.sqrt(before.perS * stretchMostS + 1);
  const width = Math.max(1, Math.floor(Math.min(1, Math.max(stepRatio, visible)) * back));
  const step = { sinceMs: nowMs, isSettled: false };
  const cap = back + width * (2 ** (gains + 1) - 1);
  return { kind: "up", plateau, says, before, vain, full, goods, ...step, cap, back, gains };
}

/** More were tried. */
export function above(up: Up, stretch: Stretch, alone: Alone, nowMs: number): Verdict {
  const { before, cap, back, gains, vain } = up;
  const more = stretch.perS - before.perS;
  const chance = stepSigmas[gains]! * Math.hypot(errorOf(before), errorOf(stretch));
  const wanted = stepGainRatio * (cap / back - 1) * before.perS;
  if (more > Math.max(wanted, chance)) {
    if (gains + 1 === stepSigmas.length) return { phase: "free", alone };
    return { phase: raise(up, back, gains + 1, nowMs), alone };
  }
  // Where nobody waits there was nothing to be gained.
  const limited = { ...up, vain: vain + (isWanted(stretch) ? 1 : 0) };
  if (gains < 2) return { phase: hold(limited, back, before, nowMs), alone };
  // What two steps have gained is no chance any more.
  const gained = Math.round((back + cap) / 2);
  const phase = hold({ ...limited, goods: [] }, gained, unseen(stretch), nowMs);
  return { phase, alone: enough(alone, gained, stretch) };
}

/** A rate of which nothing was seen yet. */
const unseen = ({ perS }: Rate): Rate => ({ perS, finished: 0, spanMs: 0 });

/** What was seen is still so. */
const isStuck = ({ kind }: Plateau, stretch: Stretch, alone: Alone): boolean =>
  kind === "idle" || isSlow(stretch, alone);

/** Jobs wait, so that more could be done by more. */
const isWanted = ({ backlogRatio }: Stretch): boolean => backlogRatio > .5;

/** A long mean varies less by chance; what is long past counts half. */
export function together(one: Rate, other: Rate): Rate {
  const fade = one.spanMs > meanMostMs ? .5 : 1;
  const spanMs = fade * one.spanMs + other.spanMs;
  const finished = fade * one.finished + other.finished;
  return { spanMs, finished, perS: finished * 1_000 / spanMs };
}
