/**
 * Counts the jobs that objectives are about.
 *
 * @module
 */
import type { Outcome } from "../../messages/outcome.ts";
import { isAbout, type Objective } from "../../policies/business/objective.ts";
import { type Job, operationOf } from "../job.ts";
import { Rungs, type Summed } from "./rungs.ts";

/** Good jobs and all. */
export class Kept implements Summed<Kept> {
  good = 0;
  total = 0;

  /** There were none. */
  get isEmpty(): boolean {
    return this.total === 0;
  }

  /** Adds those of another slot. */
  add({ good, total }: Kept): void {
    this.good += good;
    this.total += total;
  }

  /** As JSON. */
  pack(): unknown {
    return [this.good, this.total];
  }

  /** Adds what was packed; what is none is left out. */
  addPacked(packed: unknown): void {
    if (!Array.isArray(packed) || packed.length !== 2) return;
    const [good, total] = packed as unknown[];
    if (typeof good === "number" && typeof total === "number") this.add({ good, total } as Kept);
  }
}

/** An objective and what became of it. */
interface Watched {
  readonly name: string;
  readonly objective: Objective;
  readonly rungs: Rungs<Kept>;
  /** All since the start of the service. */
  readonly counted: { good: number; total: number };
}

/** All objectives. */
export class Objectives {
  #all: readonly Watched[] = [];
  readonly #wallMs: () => number;

  /** None yet. */
  constructor(wallMs: () => number) {
    this.#wallMs = wallMs;
  }

  /** All that there are. */
  get all(): readonly Watched[] {
    return this.#all;
  }

  /** Others hold from now on; what was counted under a name is counted on. */
  adopt(said: Readonly<Record<string, Objective>>): void {
    const known = new Map(this.#all.map((watched) => [watched.name, watched]));
    this.#all = Object.entries(said).map(([name, objective]) => ({
      name,
      objective,
      rungs: known.get(name)?.rungs ?? new Rungs(() => new Kept(), this.#wallMs()),
      counted: known.get(name)?.counted ?? { good: 0, total: 0 },
    }));
  }

  /** A job has ended. What was cancelled, or could not begin as others failed, is no word on us. */
  ended(job: Job, outcome: Outcome): void {
    if (outcome.type === "cancelled" || outcome.category === "dependency") return;
    const operation = operationOf(job.spec);
    for (const { objective, rungs, counted } of this.#all) {
      if (!isAbout(objective, operation, job.spec.projectId)) continue;
      const good = outcome.type === "done" && isInTime(job, outcome, objective) ? 1 : 0;
      rungs.now.total++;
      rungs.now.good += good;
      counted.total++;
      counted.good += good;
    }
  }
}

function isInTime(
  { dueMs, firstDueMs }: Job,
  { waitMs, durationMs: ranMs }: Outcome,
  { latencyMs, durationMs }: Objective,
): boolean {
  if (durationMs !== null && ranMs > durationMs) return false;
  // Of several attempts the outcome tells the last one.
  return latencyMs === null || dueMs - (firstDueMs ?? dueMs) + waitMs + ranMs <= latencyMs;
}
