/**
 * Judges how a service did: sentences about what is known, each with its number. What is not known is
 * not praised.
 *
 * @module
 */
import type { Incident } from "../../messages/alert.ts";
import type { AuditFinding } from "../../messages/audit.ts";
import type { BusinessWindow, ObjectiveView } from "../../messages/business.ts";
import type { Recommendation, Saturation } from "../../messages/capacity.ts";
import type { Cause } from "../../messages/diagnosis.ts";
import type { Report } from "../../messages/report.ts";

/** Share of failed jobs from which on it is not well, and from which on it is bad. */
const failedFairRatio = .01;
const failedBadRatio = .05;
/** A cause that explains less is not told as one that is in the way. */
const causeMin = .3;
/** Share of the workers' time without jobs that is worth a word. */
const idleRatio = .5;
/** Something that is used up within so many days is. */
const soonDays = 30;
/** What a fixed size would have saved and is worth a word: %, and workers all the time. */
const regretMinPercent = 5;
const lossMinWorkers = 1;
/** Sentences of one kind. */
const each = 5;

/** Windows as they are said after "the last". */
const span: Readonly<Record<BusinessWindow, string>> = {
  "5m": "5 minutes",
  "1h": "hour",
  "1d": "day",
  "7d": "7 days",
  "30d": "30 days",
};

/** Everything a report is made of. */
export interface ReportSight {
  readonly window: BusinessWindow;
  readonly ended: number;
  readonly done: number;
  /** Of those that were not cancelled and whose dependencies did not fail; null: there were none. */
  readonly errorRatio: number | null;
  /** Jobs that another attempt has done. */
  readonly resolved: number;
  /** Share of the workers' time with jobs; null: not known, or not asked. */
  readonly busyRatio: number | null;
  readonly objectives: readonly ObjectiveView[];
  /** Those that were open in the window. */
  readonly incidents: readonly Incident[];
  /** What is in the way now. */
  readonly causes: readonly Cause[];
  readonly regressions: readonly AuditFinding[];
  readonly improvements: readonly AuditFinding[];
  readonly saturation: readonly Saturation[];
  readonly recommended: readonly Recommendation[];
  /** What pools cost beside pools of one size, in workers all the time too, and the best size. */
  readonly regrets: readonly {
    readonly pool: string;
    readonly regretPercent: number;
    readonly lossWorkers: number;
    readonly workers: number;
  }[];
}

/** Something that did not go well, and what helps. */
interface Flaw {
  readonly isBad: boolean;
  readonly says: string;
  readonly advice: string;
}

/** The words of a report. */
export function judge(
  sight: ReportSight,
): Pick<Report, "state" | "verdict" | "well" | "badly" | "advice"> {
  const flaws = flawsOf(sight).sort((one, other) => Number(other.isBad) - Number(one.isBad));
  const { ended, window } = sight;
  const state = flaws.some(({ isBad }) => isBad)
    ? "bad"
    : flaws.length > 0
    ? "fair"
    : ended === 0
    ? "idle"
    : "good";
  return {
    state,
    verdict: verdictOf(state, sight, flaws),
    well: ended === 0 ? [] : wellOf(sight),
    badly: flaws.map(({ says }) => says),
    advice: flaws.length === 0
      ? [
        ended === 0
          ? `No job ended in the last ${span[window]}: nothing to judge`
          : "Nothing to do",
      ]
      : [...new Set(flaws.map(({ advice }) => advice))],
  };
}

function verdictOf(state: Report["state"], sight: ReportSight, flaws: readonly Flaw[]): string {
  const { ended, window } = sight;
  const jobs = ended === 1 ? "1 job" : `${ended} jobs`;
  const [first] = flaws;
  if (first) {
    const more = flaws.length - 1;
    const others = more === 0 ? "" : `, and ${more} more`;
    const word = state === "bad" ? "Bad" : "Fair";
    return `${word}: ${first.says}${others}; ${jobs} in the last ${span[window]}`;
  }
  return state === "idle"
    ? `Idle: no job ended in the last ${span[window]}, and nothing is wrong`
    : `Good: ${jobs} in the last ${span[window]}, ${sight.done} done, and nothing is in the way`;
}

function wellOf(sight: ReportSight): string[] {
  const { ended, done, errorRatio, resolved, objectives, incidents, improvements } = sight;
  const met = objectives.filter(({ met }) => met === true);
  return [
    ...(errorRatio !== null && errorRatio < failedFairRatio
      ? [`${done} of ${ended} jobs were done, ${percent(errorRatio)} failed`]
      : []),
    ...(resolved > 0 ? [`${count(resolved, "job")} failed at first and were done by retries`] : []),
    ...met.slice(0, each).map((objective) =>
      `Objective ${objective.name} is met: ${good(objective)}`
    ),
    ...(incidents.length === 0 ? ["No alert was raised"] : []),
    ...improvements.slice(0, each).map(({ operation, says }) => `${operation} is better: ${says}`),
  ];
}

function flawsOf(sight: ReportSight): Flaw[] {
  const { errorRatio, objectives, incidents, causes, regressions } = sight;
  return [
    ...incidents.slice(0, each).map(({ rule, subject, state, level, message }): Flaw => ({
      isBad: state === "open" && level === "critical",
      says: `Alert ${rule}${subject === null ? "" : ` of ${subject}`} (${state}): ${message}`,
      advice: "flyball alerts shows all that was wrong, and who was told",
    })),
    ...(errorRatio !== null && errorRatio >= failedFairRatio
      ? [{
        isBad: errorRatio >= failedBadRatio,
        says: `${percent(errorRatio)} of the jobs failed`,
        advice: "flyball jobs --state failed shows what failed, flyball job ID with what",
      }]
      : []),
    ...objectives.filter(({ met }) => met === false).slice(0, each).map((objective): Flaw => ({
      isBad: true,
      says: `Objective ${objective.name} is missed: ${good(objective)}`,
      advice: `flyball audit --window ${sight.window} shows which operation became slower`,
    })),
    ...causes.filter(({ score }) => score >= causeMin).slice(0, each).map((cause): Flaw => ({
      isBad: false,
      says: `${cause.because} (now)`,
      advice: adviceOf(cause),
    })),
    ...regressions.slice(0, each).map(({ operation, says }): Flaw => ({
      isBad: false,
      says: `${operation} is worse: ${says}`,
      advice: `flyball audit --window ${sight.window} --operation ${operation} shows since when`,
    })),
    ...capacityFlaws(sight),
    ...sight.regrets.filter(isWorthAWord)
      .map(({ pool, regretPercent, workers }): Flaw => ({
        isBad: false,
        says: `Pool ${pool} cost ${regretPercent} % more than ${workers} workers all the time ` +
          "would have, by the latest estimate",
        advice: `flyball simulate --record shows which policy costs less in pool ${pool}`,
      })),
  ];
}

const isWorthAWord = ({ regretPercent, lossWorkers }: ReportSight["regrets"][number]) =>
  regretPercent > regretMinPercent && lossWorkers >= lossMinWorkers;

function capacityFlaws({ saturation, recommended, busyRatio }: ReportSight): Flaw[] {
  return [
    ...saturation.filter(({ days, latestDays }) =>
      days !== null && latestDays !== null && days <= soonDays
    ).map(({ resource, days }): Flaw => ({
      isBad: false,
      says: `${resource} is used up in about ${Math.round(days!)} days`,
      advice: `flyball capacity shows what uses ${resource}: make room before it is gone`,
    })),
    ...recommended.map(({ key, configured, value, because }): Flaw => ({
      isBad: false,
      says: `${key} will be too small: ${because}`,
      advice: `${key} = ${value} instead of ${configured}, which nobody sets but you`,
    })),
    ...(busyRatio !== null && busyRatio < 1 - idleRatio
      ? [{
        isBad: false,
        says: `Workers had jobs for ${percent(busyRatio)} of their time`,
        advice: "Fewer workers that are kept ready (pools.default.workers.min) cost less",
      }]
      : []),
  ];
}

function adviceOf({ fix: { key, value, because } }: Cause): string {
  if (key === null) return because;
  return value === null ? `${key}: ${because}` : `${key} = ${value}: ${because}`;
}

const good = ({ good, total, goodRatio }: ObjectiveView) =>
  `${good} of ${total} jobs were good, ${percent(goodRatio)} are promised`;

const count = (number: number, what: string) => number === 1 ? `1 ${what}` : `${number} ${what}s`;

const percent = (ratio: number) => `${Number((100 * ratio).toFixed(2))} %`;
