/**
 * What is usual at this hour of the week: learned of the hours that are kept, once somebody asks.
 *
 * @module
 */
import { takeHour, unknownWeek, usualNow, type Week } from "../../policies/detectors/week.ts";
import type { Levels } from "./levels.ts";
import type { Series } from "./series.ts";
import { slotAt, stepMs } from "./steps.ts";
import { endings, place, type Tally } from "./tally.ts";

/** Hours that are learned at the start, ms: as many weeks as a week remembers. */
const learnedMs = 28 * 24 * stepMs["1h"];

/** Looks at levels, one a second, without which an hour is not whole. */
const looksMin = 3_000;

const done = place.endingsFrom + endings.indexOf("done");
/** What is counted of jobs, an hour. */
const counts: Readonly<Record<string, (tally: Tally) => number>> = {
  accepted: ({ sums }) => sums[place.enqueued]!,
  done: ({ sums }) => sums[done]!,
  failed: ({ sums }) => sums[place.failures]!,
};

/** Means of levels, and counts of jobs, by the hours of a week. */
export class Usuals {
  readonly #weeks = new Map<string, Week>();
  /** Hours before this one are learned, or being read; epoch ms. */
  #learnedAt: number | null = null;
  readonly #series: Series;

  /** Nothing is read before somebody asks. */
  constructor(series: Series) {
    this.#series = series;
  }

  /** The mean of a level, or jobs in an hour, at this time of the week; null: not known, or not yet. */
  of(name: string): number | null {
    const wallMs = this.#series.clock.wallMs();
    const hourAt = slotAt("1h", wallMs);
    if (this.#learnedAt === null || this.#learnedAt < hourAt) void this.#learn(hourAt);
    const week = this.#weeks.get(name);
    return week ? usualNow(week, wallMs) : null;
  }

  /** Takes the hours before the one at `hourAt` that are not known. */
  async #learn(hourAt: number): Promise<void> {
    const from = this.#learnedAt ?? Math.max(0, hourAt - learnedMs);
    this.#learnedAt = hourAt;
    try {
      const { readJobs, readLevels } = await import("./read.ts");
      const time = { step: "1h", from } as const;
      const [jobs, levels] = [
        await readJobs(this.#series, time, {}),
        await readLevels(this.#series, time),
      ];
      for (let at = from; at < hourAt; at += stepMs["1h"]) {
        this.#take(at, jobs.get("")?.get(at), levels.get(at));
      }
    } catch {
      this.#learnedAt = from; // What could not be read is read when the next one asks.
    }
  }

  /** Of an hour in which the service was there for a part nothing is learned. */
  #take(at: number, tally: Tally | undefined, levels: Levels | undefined): void {
    if (!levels?.byName.values().some(({ count }) => count >= looksMin)) return;
    for (const [name, { sum, count }] of levels.byName) this.#note(name, sum / count, at);
    for (const [name, count] of Object.entries(counts)) {
      this.#note(name, tally ? count(tally) : 0, at);
    }
  }

  #note(name: string, value: number, at: number): void {
    this.#weeks.set(name, takeHour(this.#weeks.get(name) ?? unknownWeek, value, at));
  }
}
