/**
 * Says what an audit has found.
 *
 * @module
 */
import type { AuditFinding, AuditMeasure, AuditVerdict } from "../../messages/audit.ts";
import { type Compared, jobsMin } from "./compare.ts";

/** What is compared, and how its values are written. */
const measures: Readonly<
  Record<AuditMeasure, readonly [words: string, as: (value: number) => string]>
> = {
  durationP50Ms: ["half of its jobs take at most", time],
  durationP95Ms: ["95 % of its jobs take at most", time],
  waitP95Ms: ["95 % of its jobs wait at most", time],
  errorRatio: ["jobs fail", (ratio) => `${Math.round(ratio * 1_000) / 10} %`],
  cpuSecondsPerJob: ["CPU time of a job", (seconds) => time(seconds * 1_000)],
  costPerJob: ["cost of a job", (cost) => String(Number(cost.toPrecision(3)))],
};

/** One measure in words: `95 % of its jobs take at most 20 ms, before 12 ms (1.67 times)`. */
export function saysOf(measure: AuditMeasure, { before, now, timesAsMuch }: Compared): string {
  const [words, as] = measures[measure];
  const text = (value: number | null) => value === null ? "unknown" : as(value);
  const times = timesAsMuch === null || timesAsMuch === 1
    ? ""
    : ` (${Number(timesAsMuch.toPrecision(3))} times)`;
  return measure === "errorRatio"
    ? `${text(now)} of its ${words}, before ${text(before)}${times}`
    : `${words} ${text(now)}, before ${text(before)}${times}`;
}

/** An audit in one sentence; `compared` operations ran in both periods. */
export function verdictOf(
  regressions: readonly AuditFinding[],
  improvements: readonly AuditFinding[],
  compared: number,
): string {
  const [first] = regressions;
  if (first) {
    const more = regressions.length - 1;
    const others = more === 0 ? "" : more === 1 ? ", and 1 more" : `, and ${more} more`;
    return `Worse than before: ${first.operation}: ${first.says}${others}`;
  }
  if (compared === 0) return `Nothing to compare: no operation has ${jobsMin} jobs in both periods`;
  const all = compared === 1 ? "1 operation" : `${compared} operations`;
  const [best] = improvements;
  return best
    ? `No regression in ${all}; better: ${best.operation}: ${best.says}`
    : `No regression in ${all}`;
}

/** How bad or how good a finding is: the further from 1 the more; from 0 to something is most. */
export const weightOf = ({ timesAsMuch }: AuditFinding): number =>
  timesAsMuch === null || timesAsMuch === 0 ? Infinity : Math.abs(Math.log(timesAsMuch));

/** Whether a verdict is one that is told. */
export const isTold = (verdict: AuditVerdict): boolean =>
  verdict === "worse" || verdict === "better";

/** `12 ms`, `3.4 s`, `5 min` */
export function time(ms: number): string {
  if (ms < 1_000) return `${Number(ms.toPrecision(3))} ms`;
  return ms < 120_000
    ? `${Number((ms / 1_000).toPrecision(3))} s`
    : `${Math.round(ms / 60_000)} min`;
}
