/**
 * Compares what operations do now with what they did in a period before. All of it is read from what
 * is stored, so that a run can be compared with one of an earlier start of the service.
 *
 * @module
 */
import type {
  Audit,
  AuditedOperation,
  AuditFinding,
  AuditMeasure,
  AuditQuery,
  AuditSlower,
  AuditTrend,
} from "../../messages/audit.ts";
import {
  type Compared,
  compareMean,
  compareQuantile,
  compareShare,
  jobsMin,
} from "../../policies/audit/compare.ts";
import { saysOf, verdictOf, weightOf } from "../../policies/audit/words.ts";
import { arePriced, billOf, type Prices } from "../../policies/business/costs.ts";
import { endsOf, sumOf } from "../business/worth.ts";
import { readJobs, readLevels, type Tallies } from "../series/read.ts";
import type { Series } from "../series/series.ts";
import { place, type Tally } from "../series/tally.ts";
import { changeOf } from "./change_of.ts";
import { type Periods, periodsOf } from "./query.ts";

/** Operations of one answer, and findings of each kind. */
const operationsMax = 64;
const findingsMax = 64;

/** What the operations of one period did. */
interface Period {
  readonly tallies: ReadonlyMap<string, Tally>;
  /** Cost of all jobs of an operation, with its part of idle workers; null: nothing has a price. */
  readonly costs: ReadonlyMap<string, number> | null;
}

/** Compares two periods; throws Refusal where the query is none. */
export async function auditOf(series: Series, query: AuditQuery = {}): Promise<Audit> {
  const periods = periodsOf(query, series.clock.wallMs());
  const { window, step, beforeFrom, beforeTo, from, to, operation, projectId } = periods;
  const jobs = await readJobs(series, { step, from: beforeFrom }, {
    by: "operation",
    ...operation !== undefined && { operation },
    ...projectId !== undefined && { projectId },
  });
  const before = await periodOf(series, periods, jobs, beforeFrom, beforeTo);
  const now = await periodOf(series, periods, jobs, from, Infinity);
  const operations = [...jobs]
    .map(([name, tallies]) => audited(name!, tallies, { before, now, series }))
    .filter(({ jobs, jobsBefore }) => jobs + jobsBefore > 0)
    .sort((one, other) => other.jobs - one.jobs || (one.operation < other.operation ? -1 : 1));
  const regressions = worst([...findings(operations, "worse"), ...slowerOf(operations)]);
  const improvements = worst(findings(operations, "better"));
  const both = operations.filter(({ jobs, jobsBefore }) => Math.min(jobs, jobsBefore) >= jobsMin);
  return {
    window,
    now: { from: iso(from), to: iso(to) },
    before: { from: iso(beforeFrom), to: iso(beforeTo) },
    verdict: verdictOf(regressions, improvements, both.length),
    regressions,
    improvements,
    operations: operations.slice(0, operationsMax),
  };
}

async function periodOf(
  series: Series,
  { step, operation, projectId }: Periods,
  jobs: ReadonlyMap<string | null, Tallies>,
  from: number,
  to: number,
): Promise<Period> {
  const isIn = (at: number) => at >= from && at < to;
  const tallies = new Map(
    [...jobs].map(([name, slots]) =>
      [name!, sumOf([...slots].flatMap(([at, tally]) => isIn(at) ? [tally] : []))] as const
    ),
  );
  const { prices } = series;
  // Of some jobs alone it is not known which part of idle workers is theirs.
  const isWhole = operation === undefined && projectId === undefined;
  if (prices === null || !arePriced(prices)) return { tallies, costs: null };
  let livedS = 0;
  if (isWhole) {
    for (const [at, { byName }] of await readLevels(series, { step, from })) {
      if (isIn(at)) livedS += byName.get("workerSeconds")?.sum ?? 0;
    }
  }
  return { tallies, costs: costsOf(tallies, livedS, prices) };
}

function costsOf(
  tallies: ReadonlyMap<string, Tally>,
  livedS: number,
  prices: Prices,
): ReadonlyMap<string, number> {
  const { costs, idleCosts } = billOf(
    [...tallies.values()].map((all) => all.paidFor),
    livedS,
    prices,
  );
  return new Map([...tallies.keys()].map((name, i) => [name, costs[i]! + idleCosts[i]!]));
}

/** What an operation is compared by. */
interface Both {
  readonly before: Period;
  readonly now: Period;
  readonly series: Series;
}

function audited(
  operation: string,
  slots: Tallies,
  { before, now, series }: Both,
): AuditedOperation {
  const [was, is] = [before.tallies.get(operation)!, now.tallies.get(operation)!];
  const failures = (tally: Tally) => {
    const { done, failures } = endsOf(tally);
    return { part: failures, all: done + failures };
  };
  const cpu = ({ sums }: Tally) => ({ part: sums[place.cpuSeconds]!, all: sums[place.cpuKnown]! });
  const cost = ({ costs }: Period, { ended }: Tally) =>
    costs === null ? null : { part: costs.get(operation)!, all: ended };
  const compared: Readonly<Record<AuditMeasure, Compared>> = {
    durationP50Ms: compareQuantile(was.durationMs, is.durationMs, .5),
    durationP95Ms: compareQuantile(was.durationMs, is.durationMs, .95),
    waitP95Ms: compareQuantile(was.waitMs, is.waitMs, .95),
    errorRatio: compareShare(failures(was), failures(is)),
    cpuSecondsPerJob: compareMean(cpu(was), cpu(is)),
    costPerJob: compareMean(cost(before, was), cost(now, is)),
  };
  const measures = Object.keys(compared) as AuditMeasure[];
  return {
    operation,
    jobs: is.ended,
    jobsBefore: was.ended,
    trends: measures.map((measure): AuditTrend => ({
      measure,
      ...compared[measure],
      says: saysOf(measure, compared[measure]),
    })).filter(({ before, now }) => before !== null || now !== null),
    changed: changeOf(slots),
    slower: slowerNow(series, operation),
  };
}

function slowerNow({ paces }: Series, operation: string): AuditSlower | null {
  const found = paces.slower.find((one) => one.operation === operation);
  return found ? { timesAsLong: found.timesAsLong, since: iso(found.sinceAt) } : null;
}

const findings = (
  operations: readonly AuditedOperation[],
  verdict: "better" | "worse",
): AuditFinding[] =>
  operations.flatMap(({ operation, trends }) =>
    trends.filter((trend) => trend.verdict === verdict)
      .map(({ measure, timesAsMuch, says }) => ({ operation, measure, timesAsMuch, says }))
  );

/** Operations that are slower than when they were learned, though not than in the period before. */
const slowerOf = (operations: readonly AuditedOperation[]): AuditFinding[] =>
  operations.flatMap(({ operation, slower, trends }) => {
    const isTold = trends.some(({ measure, verdict }) =>
      measure.startsWith("duration") && verdict === "worse"
    );
    if (slower === null || isTold) return [];
    const { timesAsLong, since } = slower;
    const says =
      `jobs take ${Number(timesAsLong.toPrecision(3))} times as long as when they were ` +
      `learned, since ${since}`;
    return [{ operation, measure: "slower" as const, timesAsMuch: timesAsLong, says }];
  });

const worst = (found: readonly AuditFinding[]): readonly AuditFinding[] =>
  found.toSorted((one, other) => weightOf(other) - weightOf(one)).slice(0, findingsMax);

const iso = (at: number) => new Date(at).toISOString();
