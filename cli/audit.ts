/**
 * `flyball audit`: what became worse, and what better, since a period before.
 *
 * @module
 */
import { Option } from "commander";
import type { Audit, AuditedOperation, AuditFinding, AuditTrend } from "../messages/audit.ts";
import { oneLine } from "./complain.ts";
import { declareReach, openControl, type Reach } from "./control.ts";
import { exit } from "./exit.ts";
import type { Verb } from "./verb.ts";

interface Flags extends Reach {
  readonly window: string;
  readonly against?: string;
  readonly operation?: string;
  readonly project?: string;
  readonly json?: boolean;
}

/** Reading what is kept of 60 days may take its time, ms. */
const readMs = 50_000;
/** Lengths of periods. */
export const windowNames = ["5m", "1h", "1d", "7d", "30d"];

/** The verb `audit`. */
export const audit: Verb = {
  declare: (command) =>
    declareReach(command)
      .addOption(
        new Option("--window <time>", "length of both periods").choices(windowNames).default("1h"),
      )
      .addOption(
        new Option("--against <time>", "how much earlier the one before was (default: the window)")
          .choices(windowNames),
      )
      .option("--operation <name>", "only jobs of this operation")
      .option("--project <id>", "only jobs of this project")
      .option("--json", "print JSON"),
  run: async (command) => {
    const { window, against, operation, project, json, ...reach } = command.opts<Flags>();
    using control = await openControl(reach);
    const asked = Object.entries({ window, against, operation, projectId: project })
      .filter(([, value]) => value !== undefined) as [string, string][];
    const path = `/api/v1/audit?${new URLSearchParams(asked)}`;
    const found = await control.ask({ method: "GET", path, waitMs: readMs }) as Audit;
    console.log(json ? JSON.stringify(found) : auditText(found));
    return exit.ok;
  },
};

/** An audit for people: the verdict, what became worse, what better, and each operation. */
export function auditText(
  { verdict, now, before, regressions, improvements, operations }: Audit,
): string {
  return [
    oneLine(verdict),
    `now ${now.from} to ${now.to}, before ${before.from} to ${before.to}`,
    ...regressions.map((finding) => `worse  ${findingText(finding)}`),
    ...improvements.map((finding) => `better ${findingText(finding)}`),
    ...operations.flatMap(operationLines),
  ].join("\n");
}

const findingText = ({ operation, says }: AuditFinding) => oneLine(`${operation}: ${says}`);

function operationLines(
  { operation, jobs, jobsBefore, trends, changed, slower }: AuditedOperation,
): string[] {
  return [
    `${oneLine(operation)} · ${jobs} ${jobs === 1 ? "job" : "jobs"}, before ${jobsBefore}`,
    ...trends.map(trendLine),
    ...(changed
      ? [`  since ${changed.at} ${ms(changed.toMs)} instead of ${ms(changed.fromMs)}`]
      : []),
    ...(slower
      ? [
        `  slower than learned: ${
          Number(slower.timesAsLong.toPrecision(3))
        } times since ${slower.since}`,
      ]
      : []),
  ];
}

const trendLine = ({ verdict, says }: AuditTrend) => `  ${verdict.padEnd(8)} ${says}`;

const ms = (value: number) => `${Number(value.toPrecision(3))} ms`;
