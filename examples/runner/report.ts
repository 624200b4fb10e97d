/**
 * What came of it, for people: all numbers are the product's own.
 *
 * @module
 */
import { table } from "../scanner/table.ts";
import { autonomousRatioMin, type Check, targetsMs } from "./checks.ts";
import type { Figures } from "./figures.ts";
import { stages } from "./jobs.ts";
import { quantile, type Tally } from "./tally.ts";

/** The table of stages, then a line for everything else. */
export function reportText(figures: Figures, tally: Tally): string {
  const { all, costs, objectives, workflows, utilisation } = figures.business;
  const { verify } = figures.stages;
  const { requests = 0, tokens = 0 } = figures.taken;
  const lines = [
    stageTable(figures),
    "",
    `done without help   ${percent(verify.worth.autonomousRatio)} of ${verify.worth.ended} runs, ` +
    `target ${percent(autonomousRatioMin)}`,
    `errors got over     ${all.resolved} of ${all.errors}`,
    `tokens              ${tokens.toLocaleString("en")} in ${requests} requests`,
    `critical path       ${seconds(workflows.criticalPathMs)} on average`,
    `workers busy        ${percent(utilisation.busyRatio)} of their time`,
    ...costs ? [`cost                ${costs.total.toFixed(5)} ${costs.currency}`] : [],
    `checkouts           ${millis(tally.clonedMs)} cloned, ${millis(tally.fetchedMs)} fetched`,
    ...objectives.map(({ name, good, total, goodRatio, met }) =>
      `objective ${name.padEnd(10)}${good} of ${total} good, ` +
      `${percent(goodRatio)} have to be: ${met === false ? "missed" : "met"}`
    ),
    ...figures.alerts.map(({ rule, subject, level, state, message }) =>
      `alert               ${level} ${rule}${subject ? ` of ${subject}` : ""}, ${state}: ${message}`
    ),
    ...figures.alerts.length === 0 ? ["alert               none"] : [],
  ];
  return lines.join("\n");
}

/** Those that do not hold, or how many do. */
export function checksText(checks: readonly Check[]): string {
  const wrong = checks.filter(({ holds }) => !holds);
  if (wrong.length === 0) {
    return `${checks.length} of ${checks.length} numbers are as they should be`;
  }
  return wrong.map(({ what, expected, given }) => `WRONG ${what}: ${given}, expected ${expected}`)
    .join("\n");
}

function stageTable({ stages: all }: Figures): string {
  const head = ["stage", "done", "failed", "retries", "p50", "p95", "max", "target", "wait p95"];
  return table(
    [...head, "met"],
    stages.map((stage) => {
      const { done, failed, retries, durationMs, waitMs } = all[stage].numbers;
      const { p50, p95, max } = durationMs;
      return [
        ...[stage, `${done}`, `${failed}`, `${retries}`, ...[p50, p95, max].map(seconds)],
        seconds(targetsMs[stage]),
        seconds(waitMs.p95),
        p95 !== null && p95 <= targetsMs[stage] ? "yes" : "no",
      ];
    }),
  );
}

const percent = (ratio: number | null) => ratio === null ? "?" : `${Math.round(ratio * 100)} %`;
const seconds = (ms: number | null) => ms === null ? "-" : `${(ms / 1_000).toFixed(2)} s`;
const millis = (sorted: readonly number[]) =>
  sorted.length === 0 ? "none" : `${Math.round(quantile(sorted, 0.5))} ms`;
