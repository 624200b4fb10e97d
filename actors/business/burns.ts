/**
 * How fast the error budgets of objectives burn just now, from counts in memory.
 *
 * @module
 */
import { burnRate, type Counts } from "../../policies/business/objective.ts";
import type { Objectives } from "../series/objectives.ts";

/** Time between two marks, ms, and marks of five minutes and of an hour. */
const markMs = 10_000;
const shortMarks = 30;
const longMarks = 360;
/** Time between two looks, ms: what is asked for more often is told again. */
const lookMs = 1_000;
/** Jobs of the five minutes from which on they say something. */
const jobsMin = 10;

/** What an objective had counted at a mark. */
type Mark = Counts;

/** Watches all objectives. */
export class Burns {
  readonly #objectives: Objectives;
  /** By objective, a mark each ten seconds, the latest last. */
  readonly #marks = new Map<string, Mark[]>();
  #markedMs = -Infinity;
  #lookedMs = -Infinity;
  #told: number | null = null;

  /** Of `objectives`; what they counted before is no mark. */
  constructor(objectives: Objectives) {
    this.#objectives = objectives;
  }

  /**
   * How many times as fast as it may the worst of them burns, in five minutes and in an hour both; null
   * where there is none, or too few jobs of it ended.
   */
  worst(nowMs: number): number | null {
    if (this.#objectives.all.length === 0) return null;
    if (nowMs - this.#lookedMs < lookMs) return this.#told;
    this.#lookedMs = nowMs;
    const isMark = nowMs - this.#markedMs >= markMs;
    if (isMark) this.#markedMs = nowMs;
    let worst: number | null = null;
    for (const { name, objective: { goodRatio }, counted } of this.#objectives.all) {
      const now = { ...counted };
      const marks = this.#marks.get(name) ?? [now];
      this.#marks.set(name, marks);
      const burn = burnOf(now, marks, goodRatio);
      if (burn !== null) worst = Math.max(worst ?? 0, burn);
      if (isMark) marks.push(now);
      if (marks.length > longMarks) marks.shift();
    }
    return this.#told = worst;
  }
}

function burnOf(now: Mark, marks: readonly Mark[], goodRatio: number): number | null {
  const since = (count: number): Counts => {
    const then = marks.at(-count) ?? marks[0]!;
    return { good: now.good - then.good, total: now.total - then.total };
  };
  const short = since(shortMarks);
  if (short.total < jobsMin) return null;
  return Math.min(burnRate(short, goodRatio)!, burnRate(since(longMarks), goodRatio)!);
}
