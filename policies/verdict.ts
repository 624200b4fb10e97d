/**
 * Whether a decision did any good: how the pool did before and after, beyond what is noise.
 *
 * @module
 */
import type { Effect, Verdict } from "../messages/decision.ts";
import { perS } from "./per_second.ts";
import { span } from "./span.ts";

/** A span with what is known of its noise. */
export interface Measured extends Effect {
  /** Standard error of `waitMs`. */
  readonly waitErrorMs: number;
  /** Jobs that came and that ended. */
  readonly arrivals: number;
  readonly finished: number;
  /** Share of the time in which workers that wanted a core got none; null: unknown. */
  readonly starvedRatio: number | null;
}

/** Differences of less than so many standard errors are noise: one in 370 of them is more. */
const sigmas = 3;
/** Nor does less than this count, of the larger of both. */
const shareMin = .1;
/** Nor do waits that differ by less, ms. */
const waitMinMs = 10;
/** The size is the same when it differs by less. */
const workersMin = .5;
/** Jobs wait for longer than this share of the time: there was work for more. */
const backlogHigh = .5;

/** What came of a decision; `before` null: the pool was not measured before it. */
export function verdictOf(before: Measured | null, after: Measured): Verdict {
  const told = (verdict: Verdict["verdict"], because: string, cause: Verdict["cause"] = null) => ({
    ...{ verdict, because, cause },
    before: before && effectOf(before),
    after: effectOf(after),
  });
  if (before === null) return told("neutral", "nothing was measured before it");
  const more = after.workers - before.workers;
  if (Math.abs(more) < workersMin) {
    return told("neutral", `the size stayed at ${round(after.workers)}`);
  }
  const moves = [waitOf(before, after), rateOf(before, after)];
  const better = moves.filter(({ way }) => way > 0).map(({ says }) => says);
  const worse = moves.filter(({ way }) => way < 0).map(({ says }) => says);
  const size = `${round(before.workers)} to ${round(after.workers)} workers`;
  const load = countDiffers(before, after, "arrivals");
  if (better.length > 0 && worse.length === 0) {
    return told("helped", `${size}: ${better.join(", ")}`);
  }
  if (worse.length > 0) {
    const loaded = load > 0 && more > 0 || load < 0 && more < 0;
    const because = `${size}: ${[...worse, ...better].join(", ")}`;
    // More came, or less: what got worse is not the decision's doing.
    return loaded
      ? told("neutral", `${because}, as ${arrivalsText(before, after)}`)
      : told("hurt", because);
  }
  if (more < 0) {
    const saved = Math.round(-more * 3_600);
    return told("helped", `${size}: jobs fare the same, ${saved} worker-seconds an hour less`);
  }
  return after.backlogRatio <= backlogHigh
    ? told("neutral", `${size}: nothing got better, nothing got worse`)
    : told(
      "neutral",
      `${size}: growth without gain${causeText(before, after)}`,
      causeOf(before, after),
    );
}

/** What stands in the way of a pool that grew, still has jobs waiting, and does no more. */
export function causeOf(before: Measured, after: Measured): Verdict["cause"] {
  if ((after.cpuRatio ?? 0) > .9 || (after.starvedRatio ?? 0) > .25) return "cpu";
  if ((after.memoryRatio ?? 0) > .9) return "memory";
  const slower = before.durationMs !== null && after.durationMs !== null &&
    after.durationMs > before.durationMs * (1 + shareMin);
  return slower ? "downstream" : null;
}

function causeText(before: Measured, after: Measured): string {
  switch (causeOf(before, after)) {
    case "cpu":
      return (after.cpuRatio ?? 0) > .9
        ? `: the processors are busy, ${percent(after.cpuRatio!)}`
        : `: the processors are busy, workers wanted one in vain ${
          percent(after.starvedRatio!)
        } of the time`;
    case "memory":
      return `: memory is used up, ${percent(after.memoryRatio!)}`;
    case "downstream":
      return `: jobs take ${span(after.durationMs!)} instead of ${
        span(before.durationMs!)
      } and no core ` +
        "is short, so what they call can't do more";
    default:
      return "";
  }
}

interface Move {
  /** 1: better, -1: worse, 0: noise. */
  readonly way: number;
  readonly says: string;
}

/** Jobs that wait less are better off. */
function waitOf(before: Measured, after: Measured): Move {
  const error = Math.hypot(before.waitErrorMs, after.waitErrorMs);
  const less = before.waitMs - after.waitMs;
  const counts = Math.abs(less) > Math.max(
    sigmas * error,
    waitMinMs,
    shareMin * Math.max(before.waitMs, after.waitMs),
  );
  return {
    way: counts ? Math.sign(less) : 0,
    says: `the head waits ${span(after.waitMs)} instead of ${span(before.waitMs)}`,
  };
}

/** More that gets done is better; less only where something waits to be done. */
function rateOf(before: Measured, after: Measured): Move {
  const way = countDiffers(before, after, "finished");
  return {
    way: way < 0 && after.backlogRatio <= backlogHigh ? 0 : way,
    says: `${perS(after.finishedPerS)} instead of ${perS(before.finishedPerS)} jobs a second end`,
  };
}

/** Whether a count rose (1) or fell (-1) by more than counts vary by chance. */
function countDiffers(
  before: Measured,
  after: Measured,
  name: "arrivals" | "finished",
): number {
  const [one, other] = [before[name] / before.spanMs, after[name] / after.spanMs];
  // Counts of independent events vary by their root; no event is no certainty either.
  const error = Math.hypot(
    Math.sqrt(before[name] + 1) / before.spanMs,
    Math.sqrt(after[name] + 1) / after.spanMs,
  );
  const more = other - one;
  return Math.abs(more) > Math.max(sigmas * error, shareMin * Math.max(one, other))
    ? Math.sign(more)
    : 0;
}

const arrivalsText = (before: Measured, after: Measured): string =>
  `${perS(after.arrivalsPerS)} instead of ${perS(before.arrivalsPerS)} jobs a second came`;

/** What is kept of a span. */
function effectOf(span: Measured): Effect {
  const { spanMs, workers, waitMs, arrivalsPerS, finishedPerS } = span;
  const { busyRatio, backlogRatio, durationMs, cpuRatio, memoryRatio } = span;
  const fine = (value: number) => Math.round(value * 1e3) / 1e3;
  const known = (value: number | null) => value === null ? null : fine(value);
  return {
    spanMs: Math.round(spanMs),
    workers: fine(workers),
    waitMs: fine(waitMs),
    arrivalsPerS: fine(arrivalsPerS),
    finishedPerS: fine(finishedPerS),
    busyRatio: fine(busyRatio),
    backlogRatio: fine(backlogRatio),
    durationMs: known(durationMs),
    cpuRatio: known(cpuRatio),
    memoryRatio: known(memoryRatio),
  };
}

const round = (value: number) => Math.round(value * 10) / 10;
const percent = (ratio: number) => `${Math.round(ratio * 100)} %`;
