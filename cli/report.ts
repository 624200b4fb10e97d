/**
 * `flyball report`: how a running service did, on one page.
 *
 * @module
 */
import { Option } from "commander";
import type { Report } from "../messages/report.ts";
import { windowNames } from "./audit.ts";
import { oneLine } from "./complain.ts";
import { declareReach, openControl, type Reach } from "./control.ts";
import { exit } from "./exit.ts";
import type { Verb } from "./verb.ts";

interface Flags extends Reach {
  readonly window: string;
  readonly project?: string;
  readonly json?: boolean;
}

/** Reading what is kept of 60 days may take its time, ms. */
const readMs = 50_000;

/** The verb `report`. */
export const report: Verb = {
  declare: (command) =>
    declareReach(command)
      .addOption(new Option("--window <time>", "how far back").choices(windowNames).default("1d"))
      .option("--project <id>", "only jobs of this project")
      .option("--json", "print JSON"),
  run: async (command) => {
    const { window, project, json, ...reach } = command.opts<Flags>();
    using control = await openControl(reach);
    const asked = { window, ...project !== undefined && { projectId: project } };
    const path = `/api/v1/report?${new URLSearchParams(asked)}`;
    const found = await control.ask({ method: "GET", path, waitMs: readMs }) as Report;
    console.log(json ? JSON.stringify(found) : reportText(found));
    return exit.ok;
  },
};

/** A report for people. */
export function reportText({ verdict, from, to, projectId, ...rest }: Report): string {
  const { well, badly, numbers, advice } = rest;
  const whose = projectId === null ? "" : ` · project ${projectId}`;
  return [
    oneLine(verdict),
    oneLine(`${from} to ${to}${whose}`),
    ...part("What went well", well),
    ...part("What did not", badly),
    ...part("Numbers", numbers.filter(({ value }) => value !== null).map(({ says }) => says)),
    ...part("What to do", advice),
  ].join("\n");
}

const part = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : ["", title, ...lines.map((line) => `- ${oneLine(line)}`)];
