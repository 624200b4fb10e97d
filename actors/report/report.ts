/**
 * How the service did: gathers what is kept, and lets it be judged.
 *
 * @module
 */
import type { Alerts } from "../../messages/alert.ts";
import type { AuditFinding } from "../../messages/audit.ts";
import type { BusinessPage } from "../../messages/business.ts";
import type { Report, ReportNumber, ReportQuery } from "../../messages/report.ts";
import { time } from "../../policies/audit/words.ts";
import { qualityOf } from "../../policies/business/quality.ts";
import { quantile } from "../../policies/estimators/histogram.ts";
import { judge, type ReportSight } from "../../policies/report/report.ts";
import { auditOf } from "../audit/audit.ts";
import { judgeBusiness } from "../business/business.ts";
import { windows } from "../business/time.ts";
import { endsOf, sumOf } from "../business/worth.ts";
import { historyOf } from "../capacity/history.ts";
import { needsOf } from "../capacity/capacity.ts";
import { diagnosisOf } from "../diagnosis/diagnosis.ts";
import { Flaws } from "../series/parse.ts";
import { readJobs, timeOf } from "../series/read.ts";
import { place, type Tally } from "../series/tally.ts";
import type { System } from "../system.ts";

/** Reports on a running system; throws Refusal where the query is none. */
export async function reportOf(
  system: System,
  alerts: () => Alerts,
  given: ReportQuery = {},
): Promise<Report> {
  const { window, projectId } = parse(given);
  const { series, queue, ports } = system;
  const wallMs = series.clock.wallMs();
  const { step, lengthMs } = windows[window];
  const time = timeOf(step, lengthMs, wallMs);
  const own = projectId === null ? {} : { projectId };
  const jobs = await readJobs(series, time, own);
  const all = sumOf([...jobs.values()].flatMap((slots) => [...slots.values()]));
  const page = await judgeBusiness(series, { queue, ...ports }, { window, by: "all" });
  const { regressions, improvements } = await auditOf(series, { window, ...own });
  const isWhole = projectId === null;
  const sight: ReportSight = {
    ...{ window, ...countsOf(all) },
    busyRatio: isWhole ? page.utilisation.busyRatio : null,
    objectives: page.objectives.filter((one) => isWhole || one.projectId === projectId),
    incidents: isWhole ? openSince(alerts(), time.from) : [],
    causes: isWhole ? (await diagnosisOf(system)).causes : [],
    regressions: strongest(regressions),
    improvements: strongest(improvements),
    regrets: isWhole ? system.regrets.meter.known() : [],
    ...isWhole ? await roomOf(system) : { saturation: [], recommended: [] },
  };
  return {
    window,
    from: new Date(time.from).toISOString(),
    to: new Date(wallMs).toISOString(),
    projectId,
    ...judge(sight),
    numbers: numbersOf(all, (wallMs - time.from) / 1_000, isWhole ? page : null),
  };
}

/** Reads a query; throws Refusal with every flaw. */
function parse(given: ReportQuery) {
  const flaws = new Flaws();
  flaws.fields(given, ["window", "projectId"]);
  const { window = "1d", projectId } = given;
  flaws.choice("window", Object.keys(windows), window);
  flaws.filter({ ...projectId !== undefined && { projectId } });
  flaws.throw();
  return { window, projectId: projectId ?? null };
}

function countsOf(all: Tally) {
  const ends = endsOf(all);
  const { errorRatio } = qualityOf(ends);
  return { ended: ends.ended, done: ends.done, errorRatio, resolved: ends.resolved };
}

/** Those that were open at any time since. */
const openSince = ({ items }: Alerts, from: number) =>
  items.filter(({ clearedAt }) => clearedAt === null || Date.parse(clearedAt) >= from);

/** One finding of each operation: the first, which is the strongest. */
const strongest = (findings: readonly AuditFinding[]): readonly AuditFinding[] =>
  findings.filter(({ operation }, i) =>
    findings.findIndex((one) => one.operation === operation) === i
  );

/** What is used up on the machine, and what the pool will want. */
async function roomOf(system: System) {
  const { saturation, recommended } = needsOf(system, await historyOf(system.series));
  const ofMachine = ["cpuRatio", "memoryRatio"];
  return {
    saturation: saturation.filter(({ resource }) => ofMachine.includes(resource)),
    recommended,
  };
}

function numbersOf(all: Tally, seconds: number, page: BusinessPage | null): ReportNumber[] {
  const ends = endsOf(all);
  const { completionRatio, autonomousRatio, errorRatio, retryRatio } = qualityOf(ends);
  const ms = (value: number | null) => value === null ? "unknown" : time(value);
  const share = (value: number | null) => value === null ? "unknown" : `${round(100 * value)} %`;
  const [p50, p95] = [quantile(all.durationMs, .5), quantile(all.durationMs, .95)];
  const waitP95 = quantile(all.waitMs, .95);
  const numbers: ReportNumber[] = [
    {
      name: "ended",
      value: ends.ended,
      says: ends.ended === 1 ? "1 job ended" : `${ends.ended} jobs ended`,
    },
    { name: "done", value: ends.done, says: `${ends.done} were done` },
    {
      name: "endedPerS",
      value: ends.ended / seconds,
      says: `${round(3_600 * ends.ended / seconds)} ended in an hour`,
    },
    {
      name: "completionRatio",
      value: completionRatio,
      says: `${share(completionRatio)} were done`,
    },
    {
      name: "autonomousRatio",
      value: autonomousRatio,
      says: `${share(autonomousRatio)} were done without help`,
    },
    { name: "errorRatio", value: errorRatio, says: `${share(errorRatio)} failed` },
    {
      name: "retryRatio",
      value: retryRatio,
      says: `${share(retryRatio)} needed more than one attempt`,
    },
    { name: "durationP50Ms", value: p50, says: `half of them took at most ${ms(p50)}` },
    { name: "durationP95Ms", value: p95, says: `95 % took at most ${ms(p95)}` },
    { name: "waitP95Ms", value: waitP95, says: `95 % waited at most ${ms(waitP95)}` },
    {
      name: "cpuSeconds",
      value: all.sums[place.cpuSeconds]!,
      says: `${round(all.sums[place.cpuSeconds]!)} s of CPU time were measured`,
    },
  ];
  if (page === null) return numbers;
  const { utilisation: { workerSeconds, busyRatio }, costs } = page;
  numbers.push(
    {
      name: "workerSeconds",
      value: workerSeconds,
      says: `workers lived for ${time(1_000 * workerSeconds)}`,
    },
    { name: "busyRatio", value: busyRatio, says: `they had jobs for ${share(busyRatio)} of it` },
  );
  if (costs) {
    const says = `all of it cost ${round(costs.total)} ${costs.currency}, ` +
      `${round(costs.idle)} of that for idle workers`;
    numbers.push({ name: "cost", value: costs.total, says });
  }
  return numbers;
}

const round = (value: number) => Number(value.toPrecision(3));
