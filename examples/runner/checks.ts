/**
 * Whether the product's numbers are those that were counted outside, and its promises are kept.
 *
 * @module
 */
import type { Figures } from "./figures.ts";
import { type Stage, stages } from "./jobs.ts";
import { quantile, type Tally } from "./tally.ts";

/** Longest time of 95 % of the jobs of a stage, ms. */
export const targetsMs: Readonly<Record<Stage, number>> = {
  prep: 2_000,
  implement: 30_000,
  verify: 60_000,
};

/** Least share of runs that need no person. */
export const autonomousRatioMin = 0.8;

/** How far a percentile of the metrics may be from an exact one. */
const percentileErrorRatio = 0.016;

/** One comparison. */
export interface Check {
  readonly what: string;
  /** What was counted, or is promised. */
  readonly expected: string;
  /** What the product says. */
  readonly given: string;
  readonly holds: boolean;
}

/** Compares each number with the one that was counted; all have to be the same. */
export function compareNumbers(tally: Tally, figures: Figures): readonly Check[] {
  const { ledger, runs, pushed } = tally;
  const { all } = figures.business;
  const failed = sum(stages.map((stage) => tally.stages[stage].retries));
  const lost = tally.stages.verify.jobs - pushed;
  return [
    ...stages.flatMap((stage) => compareStage(stage, tally, figures)),
    same("attempts of implement: requests of the provider", ledger.requests, {
      given: figures.stages.implement.numbers.started,
    }),
    same("requests that were taken", ledger.requests, { given: figures.taken["requests"] }),
    same("tokens that were taken", ledger.tokens, { given: figures.taken["tokens"] }),
    same("share of runs done without help", pushed / runs, {
      given: figures.stages.verify.worth.autonomousRatio,
    }),
    same("jobs of which an attempt failed", failed + lost, { given: all.errors }),
    same("of them, those that got over it", failed, { given: all.resolved }),
    same("ends with the correlation of their run", stages.length * runs, {
      given: tally.correlated,
    }),
    same("requests with another trace than a run's", 0, { given: ledger.strangers }),
  ];
}

/** Whether everything is as good as it has to be. */
export function keepPromises(tally: Tally, figures: Figures): readonly Check[] {
  const { autonomousRatio } = figures.stages.verify.worth;
  return [
    ...stages.map((stage) =>
      atMost(
        `p95 of ${stage}, ms`,
        targetsMs[stage],
        figures.stages[stage].numbers.durationMs.p95 ?? NaN,
      )
    ),
    {
      what: "share of runs done without help",
      expected: `>= ${autonomousRatioMin}`,
      given: String(autonomousRatio),
      holds: (autonomousRatio ?? 0) >= autonomousRatioMin,
    },
    atMost("requests that the provider had to refuse", 0, tally.ledger.exceeded),
  ];
}

function compareStage(stage: Stage, tally: Tally, figures: Figures): readonly Check[] {
  const { jobs, done, retries, tookMs } = tally.stages[stage];
  const { numbers, worth } = figures.stages[stage];
  const p95Ms = quantile(tookMs, 0.95);
  const given = numbers.durationMs.p95 ?? NaN;
  return [
    same(`${stage}: jobs accepted`, jobs, { given: numbers.enqueued }),
    same(`${stage}: jobs ended`, jobs, { given: numbers.done + numbers.failed }),
    same(`${stage}: jobs done`, done, { given: numbers.done }),
    same(`${stage}: jobs that were worth it`, done, { given: worth.done }),
    same(`${stage}: retries`, retries, { given: numbers.retries }),
    same(`${stage}: slowest, ms`, tookMs.at(-1) ?? NaN, { given: numbers.durationMs.max }),
    {
      what: `${stage}: p95, ms, within ${percentileErrorRatio * 100} %`,
      expected: p95Ms.toFixed(1),
      given: given.toFixed(1),
      holds: Math.abs(given - p95Ms) <= percentileErrorRatio * p95Ms,
    },
  ];
}

function same(what: string, expected: number, { given }: { given: unknown }): Check {
  return { what, expected: String(expected), given: String(given), holds: expected === given };
}

function atMost(what: string, limit: number, value: number): Check {
  return { what, expected: `<= ${limit}`, given: String(Math.round(value)), holds: value <= limit };
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
