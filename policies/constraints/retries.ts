/**
 * No growth for attempts that fail and come again.
 *
 * @module
 */
import { z } from "zod/mini";
import { known } from "../scaling/blind.ts";
import { constraint } from "./constraint.ts";

const options = z.strictObject({
  mustGain: z._default(z.boolean(), true).check(
    z.describe("Whether a pool stays as it was while most of what runs is tried again."),
  ),
});

/** Time in which an attempt loses two thirds of its weight, ms; and of what is usual. */
const soonMs = 5_000;
const usualMs = 600_000;
/** Attempts that have to weigh for a share of them to say something, lately and usually. */
const attemptsMin = 10;
const usualMin = 50;
/** Share of attempts that fail and come again from which it is a storm, and below which it is over. */
const stormRatio = .5;
const calmRatio = .25;
/** It is also so many times what is usual. */
const unusual = 2;
/** What fails for so long fails for good, ms. */
const stormMostMs = 600_000;
/** The size before a storm is the largest of so long a time, and not of the latest, ms. */
const partMs = 30_000;

/** Attempts by what came of them, older ones with less weight. */
interface Tries {
  readonly good: number;
  readonly bad: number;
}

/** What is remembered. */
interface Weather {
  readonly atMs: number | null;
  readonly lately: Tries;
  readonly usually: Tries;
  /** When it began; null: there is no storm. */
  readonly stormMs: number | null;
  /** Workers at most while it lasts. */
  readonly cap: number;
  /** Most workers of this part of time, and of the one before. */
  readonly most: { readonly sinceMs: number; readonly now: number; readonly before: number | null };
}

const none: Tries = { good: 0, bad: 0 };

/** Keeps a pool from growing for retries. */
export const retries = constraint({
  name: "retries",
  help: "Keeps a pool from growing while most of what runs fails and is tried again.",
  options,
  start: (): Weather => ({
    atMs: null,
    lately: none,
    usually: none,
    stormMs: null,
    cap: 0,
    most: { sinceMs: 0, now: 0, before: null },
  }),
  remember(before: Weather, reading, { mustGain }): Weather {
    const { nowMs, retried, finished, failed, workers, starting } = reading;
    const isSound = known(nowMs) && known(retried) && known(finished) && known(failed) &&
      known(workers) && known(starting);
    if (!mustGain || !isSound) return before;
    // A reading that is shown twice counts once.
    if (nowMs === before.atMs) return before;
    const passedMs = Math.max(0, nowMs - (before.atMs ?? nowMs));
    const came = { good: Math.max(0, finished - failed), bad: retried };
    const lately = faded(before.lately, passedMs / soonMs, came);
    const ratio = shareOf(lately);
    const { stormMs, usually } = before;
    if (stormMs === null) {
      const most = rotated(before.most, workers + starting, nowMs);
      const isStorm = weightOf(lately) >= attemptsMin && weightOf(usually) >= usualMin &&
        ratio >= stormRatio && ratio >= unusual * shareOf(usually);
      return isStorm
        ? { ...before, atMs: nowMs, lately, most, stormMs: nowMs, cap: most.before ?? most.now }
        : {
          ...before,
          atMs: nowMs,
          lately,
          most,
          usually: faded(usually, passedMs / usualMs, came),
        };
    }
    const isOver = ratio < calmRatio || weightOf(lately) < 1 || nowMs - stormMs > stormMostMs;
    if (!isOver) return { ...before, atMs: nowMs, lately };
    const lasted = nowMs - stormMs > stormMostMs;
    const most = { sinceMs: nowMs, now: workers + starting, before: null };
    return {
      ...before,
      atMs: nowMs,
      lately,
      stormMs: null,
      most,
      ...(lasted && { usually: none }),
    };
  },
  constrain(_reading, _options, { stormMs, cap, lately }: Weather) {
    if (stormMs === null) return null;
    const percent = Math.round(100 * shareOf(lately));
    const because = `${percent} % of what ran lately failed to be tried again: more workers ` +
      "would do more of that";
    return { floor: 0, cap: Math.max(1, cap), because };
  },
  idle: (_reading, { mustGain }) => mustGain ? null : "it is switched off",
});

const weightOf = ({ good, bad }: Tries): number => good + bad;
const shareOf = (tries: Tries): number => weightOf(tries) === 0 ? 0 : tries.bad / weightOf(tries);

function faded({ good, bad }: Tries, passed: number, came: Tries): Tries {
  const left = Math.exp(-passed);
  return { good: good * left + came.good, bad: bad * left + came.bad };
}

/** The most of the present part of time, or of a new one. */
function rotated(most: Weather["most"], workers: number, nowMs: number): Weather["most"] {
  if (nowMs - most.sinceMs < partMs) return { ...most, now: Math.max(most.now, workers) };
  const isNext = nowMs - most.sinceMs < 2 * partMs && most.now > 0;
  return { sinceMs: nowMs, now: workers, before: isNext ? most.now : null };
}
