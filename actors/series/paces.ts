/**
 * Whether operations have become slower than they were, by ticks of a minute: jobs of ten seconds
 * have a busy machine in common, and what is told of them must be no rush.
 *
 * @module
 */
import type { Histogram } from "../../policies/estimators/histogram.ts";
import { eachValue } from "../../policies/estimators/histogram.ts";
import {
  logOf,
  noJobs,
  type Regression,
  slowerBy,
  takeTick,
  type Tick,
  unlearned,
} from "../../policies/detectors/regression.ts";
import { isObject } from "../is_object.ts";
import { other } from "./cells.ts";

const minuteMs = 60_000;
/** Operations that are watched. */
const operationsMax = 64;
/** What is slower for so long is as it is: it is learned anew. */
const acceptedMs = 86_400_000;

/** An operation that is slower than it was. */
export interface Slower {
  readonly operation: string;
  readonly timesAsLong: number;
  /** Epoch ms. */
  readonly sinceAt: number;
}

interface Pace {
  regression: Regression;
  /** The minute that is not over, and its begin, epoch ms. */
  tick: Tick;
  tickAt: number;
  /** Begin of the first tick of those that are above what was learned. */
  sinceAt: number;
}

/** The paces of all operations. */
export class Paces {
  readonly #all = new Map<string, Pace>();
  #news = false;

  /** Operations that are slower now. */
  get slower(): readonly Slower[] {
    const found: Slower[] = [];
    for (const [operation, { regression, sinceAt }] of this.#all) {
      if (!regression.isSlower) continue;
      found.push({ operation, timesAsLong: slowerBy(regression), sinceAt });
    }
    return found;
  }

  /** Jobs of an operation took so long, in ten seconds that begin at `at`. */
  take(operation: string, durationMs: Histogram, at: number): void {
    if (durationMs.count === 0 || operation === other) return;
    const tickAt = Math.floor(at / minuteMs) * minuteMs;
    let pace = this.#all.get(operation);
    if (!pace) {
      if (this.#all.size >= operationsMax) return;
      pace = { regression: unlearned, tick: noJobs, tickAt, sinceAt: tickAt };
      this.#all.set(operation, pace);
    }
    if (tickAt !== pace.tickAt) this.#judge(pace, tickAt);
    let { jobs, sum, squares } = pace.tick;
    eachValue(durationMs, (value, times) => {
      const log = logOf(value);
      jobs += times;
      sum += times * log;
      squares += times * log * log;
    });
    pace.tick = { jobs, sum, squares };
  }

  /** A minute is over. */
  #judge(pace: Pace, tickAt: number): void {
    const { tick, tickAt: at, regression: before } = pace;
    const after = takeTick(before, tick);
    if (before.sinceTicks === 0 && after.sinceTicks > 0) pace.sinceAt = at;
    const isUsual = after.isSlower && at - pace.sinceAt >= acceptedMs;
    pace.regression = isUsual ? unlearned : after;
    pace.tick = noJobs;
    pace.tickAt = tickAt;
    this.#news = true;
  }

  /** What is to be stored; null when that is stored already. */
  snapshot(): unknown {
    if (!this.#news) return null;
    this.#news = false;
    return Object.fromEntries(
      this.#all.entries().map(([name, { regression, sinceAt }]) =>
        [name, { ...regression, sinceAt }] as const
      ),
    );
  }

  /** Takes over what was stored; what is not ours is left out. */
  restore(snapshot: unknown): void {
    if (!isObject(snapshot)) return;
    for (const [name, row] of Object.entries(snapshot).slice(0, operationsMax)) {
      if (!isObject(row) || !isRegression(row) || typeof row.sinceAt !== "number") continue;
      const { sinceAt, ...regression } = row;
      this.#all.set(name, { regression, tick: noJobs, tickAt: 0, sinceAt });
    }
  }
}

const isRegression = (row: object): row is Regression & { sinceAt?: unknown } =>
  Object.entries(unlearned).every(([name, value]) =>
    typeof (row as Record<string, unknown>)[name] === typeof value
  );
