/**
 * A size from which on more workers do no more.
 *
 * @module
 */
import type { Plateau } from "../../messages/plateau.ts";
import { errorOf, type Stretch } from "../estimators/stretch.ts";

/** Jobs over which the undisturbed run time is a mean. */
const jobsKept = 1_000;
/** Weight of jobs that take longer than that: something may have come in their way. */
const doubtful = .25;
/** Jobs are slow from so many times their undisturbed run time on. */
const slowRatio = 1.3;
/** Growth of the pool, and the part of it that has to show in what gets done. */
const grownRatio = 1.2;
const gainRatio = .4;
/** Workers are idle beside waiting jobs: a share of them, for most of the time. */
const idleRatio = .25;
const backlogHighRatio = .9;
/** A wait that is long, ms. */
const waitLongMs = 1_000;
/** Differences of run times of less than so many standard errors are chance. */
const sigmas = 3;
/** More jobs came than ended: by more than one standard error, seen several times, and no trifle. */
const risenRatio = .05;

/** Run time of a job that nothing disturbs. */
export interface Alone {
  readonly durationMs: number;
  /** Jobs it is a mean of. */
  readonly jobs: number;
}

/** Learns from a time in which nothing was in the way. */
export function learn(alone: Alone | null, { durationMs, finished }: Stretch): Alone | null {
  if (durationMs === null) return alone;
  if (alone === null) return { durationMs, jobs: Math.min(finished, jobsKept) };
  const weight = durationMs > slowRatio * alone.durationMs ? doubtful : 1;
  const share = weight * finished / (alone.jobs + weight * finished);
  return {
    durationMs: alone.durationMs + share * (durationMs - alone.durationMs),
    jobs: Math.min(alone.jobs + finished, jobsKept),
  };
}

/** Whether more comes than the pool gets done. */
export function isFull(stretch: Stretch): boolean {
  const { risen, finished } = stretch;
  const rises = risen > Math.max(Math.sqrt(finished + 1), risenRatio * finished);
  return rises || isBehind(stretch);
}

/** Whether jobs wait all the time, and long. */
export const isBehind = ({ backlogRatio, waitMs }: Stretch): boolean =>
  backlogRatio > backlogHighRatio && waitMs > waitLongMs;

/** How a pool that grew since `paid` and can't keep up looks stuck; null: it does not. */
export function stuckAs(
  paid: Stretch,
  stretch: Stretch,
  alone: Alone,
): Plateau["kind"] | null {
  if (!isFull(stretch) || !hasGrown(paid, stretch) || hasGained(paid, stretch)) return null;
  if (isSlow(stretch, alone)) return "slow";
  return isBehind(stretch) && stretch.busy < (1 - idleRatio) * stretch.workers ? "idle" : null;
}

/** Whether jobs take longer than undisturbed, beyond chance. */
export function isSlow({ durationMs, finished }: Stretch, alone: Alone): boolean {
  if (durationMs === null || durationMs <= slowRatio * alone.durationMs) return false;
  const error = Math.hypot(
    durationMs / Math.sqrt(finished),
    alone.durationMs / Math.sqrt(alone.jobs),
  );
  return durationMs - alone.durationMs > sigmas * error;
}

const hasGrown = (paid: Stretch, { workers }: Stretch): boolean =>
  workers >= grownRatio * paid.workers && workers >= paid.workers + 1;

/** Whether so much more gets done that it may be said to come of the growth. */
export function hasGained(paid: Stretch, stretch: Stretch): boolean {
  const growth = stretch.workers / Math.max(1, paid.workers) - 1;
  const more = stretch.perS - paid.perS;
  return more > gainRatio * Math.max(0, growth) * paid.perS && more > errorOf(stretch);
}

/** Jobs that do what is done at once, undisturbed (Little's law), or that are allowed to. */
export function atOnce(kind: Plateau["kind"], { perS, running }: Stretch, alone: Alone): number {
  return kind === "slow" ? perS * alone.durationMs / 1_000 : running;
}
