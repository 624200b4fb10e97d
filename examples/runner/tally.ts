/**
 * What is counted without asking the product for numbers: by the provider, the repository and the
 * programs that failed, and of each job that ended.
 *
 * @module
 */
import type { Fact, JobView } from "@flyball/flyball";
import { type Stage, stages } from "./jobs.ts";
import type { Run } from "./plan.ts";
import type { Ledger } from "./provider.ts";
import type { Site } from "./site.ts";

/** What became of the jobs of a stage. */
export interface StageTally {
  /** Jobs that were handed in. */
  readonly jobs: number;
  /** Those that did what they were to do. */
  readonly done: number;
  /** Attempts that failed, and that another one came after. */
  readonly retries: number;
  /** How long the last attempts took, ms, shortest first. */
  readonly tookMs: readonly number[];
}

/** All that was counted. */
export interface Tally {
  readonly stages: Readonly<Record<Stage, StageTally>>;
  /** Runs that were asked for, and those whose branch the origin has. */
  readonly runs: number;
  readonly pushed: number;
  /** What the provider has seen. */
  readonly ledger: Readonly<Ledger>;
  /** Checkouts, ms: those that were cloned, and those that were only fetched. */
  readonly clonedMs: readonly number[];
  readonly fetchedMs: readonly number[];
  /** Jobs that were told to end with the correlation of their run. */
  readonly correlated: number;
}

/** What there is to count. */
export interface Counted {
  readonly runs: readonly Run[];
  readonly views: readonly JobView[];
  readonly site: Site;
  readonly ledger: Ledger;
  readonly correlated: number;
}

/** Counts. */
export function tallyOf({ runs, views, site, ledger, correlated }: Counted): Tally {
  const { failed } = ledger;
  const outside: Readonly<Record<Stage, readonly [done: number, retries: number]>> = {
    prep: [
      ended(views, "prep").filter(({ state }) => state === "done").length,
      site.failed("gone"),
    ],
    implement: [
      ledger.answers,
      failed.tooMany + failed.broken + failed.cut + ledger.exceeded,
    ],
    verify: [site.pushed().length, site.failed("killed")],
  };
  const tally = (stage: Stage): StageTally => ({
    jobs: runs.length,
    done: outside[stage][0],
    retries: outside[stage][1],
    tookMs: lasted(ended(views, stage).filter(({ outcome }) => outcome!.attempts > 0)),
  });
  const prepared = (first: boolean) =>
    lasted(
      ended(views, "prep").filter(({ executionId }) => executionId!.endsWith(".1") === first),
    );
  return {
    stages: Object.fromEntries(stages.map((stage) => [stage, tally(stage)])) as Tally["stages"],
    runs: runs.length,
    pushed: site.pushed().length,
    ledger,
    clonedMs: prepared(true),
    fetchedMs: prepared(false),
    correlated,
  };
}

/** The jobs of a batch that ended, each with what it was called at its submit. */
export function endedIn(fact: Fact): readonly string[] {
  if (fact.type !== "jobs" || fact.move !== "ended") return [];
  return (fact.labels ?? []).flatMap((labels) =>
    labels?.correlationId !== undefined && labels.correlationId === labels.executionId
      ? [labels.executionId]
      : []
  );
}

/** The value that a share of all does not exceed, exactly; NaN of none. */
export const quantile = (sorted: readonly number[], ratio: number): number =>
  sorted[Math.max(0, Math.ceil(sorted.length * ratio) - 1)] ?? NaN;

const ended = (views: readonly JobView[], stage: Stage) =>
  views.filter(({ operation }) => operation === stage);

const lasted = (views: readonly JobView[]): readonly number[] =>
  views.map(({ outcome }) => outcome!.durationMs).sort((one, other) => one - other);
