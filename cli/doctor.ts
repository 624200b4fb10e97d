/**
 * `flyball doctor`: what this machine lets us do to keep programs in bounds, and what is missing.
 *
 * @module
 */
import type { Survey } from "../actors/host/survey.ts";
import { survey } from "../actors/host/survey.ts";
import { version } from "../actors/version.ts";
import { oneLine } from "./complain.ts";
import { type Finding, findingsOf } from "./doctor_findings.ts";
import { exit } from "./exit.ts";
import { loadSettings } from "./settings.ts";
import { collect } from "./numbers.ts";
import { type Paint, paintFor, unpainted } from "./paint.ts";
import type { Verb } from "./verb.ts";

interface Flags {
  readonly config?: string;
  readonly set?: readonly string[];
  readonly json?: boolean;
}

/** The verb `doctor`. */
export const doctor: Verb = {
  declare: (command) =>
    command
      .option("--config <file>", "configuration (default: flyball.yaml where there is one)")
      .option("--set <key=value>", "one configuration key, as containment.level=1", collect)
      .option("--json", "print JSON"),
  run: async (command) => {
    const { config: file, set, json } = command.opts<Flags>();
    const { config } = await loadSettings({ config: file, set, flags: [] });
    const found = await survey(config.containment.level);
    const paint = paintFor(Deno.stdout);
    console.log(
      json ? JSON.stringify({ ...found, findings: findingsOf(found) }) : surveyText(found, paint),
    );
    return exit.ok;
  },
};

/** What was found, for people: the level, the rest, then what is missing and what helps. */
export function surveyText(found: Survey, paint: Paint = unpainted): string {
  const { level, rungs, setpriv, setsid, cgroups, pressure, limits } = found;
  const yes = (value: boolean) => value ? "yes" : "no";
  return [
    `flyball ${version}: containment level ${level}, ${rungs[level]!.name}`,
    `setpriv ${yes(setpriv)} · setsid ${setsid ?? "no"}`,
    cgroups.version === null
      ? "control groups: not used"
      : `control groups: version ${cgroups.version}, limits for ${
        cgroups.controllers.join(", ") || "nothing"
      }`,
    ...cgroups.mounted.map((folder) => `  ${folder}`),
    `pressure: cpu ${yes(pressure.cpu)}, memory ${yes(pressure.memory)}`,
    `limits: ${limits.cores} cores, ${mib(limits.memoryAvailableBytes)} available, ` +
    `${known(limits.filesMax)} open files, ${known(limits.processesMax)} processes`,
    ...findingsText(findingsOf(found), paint),
  ].join("\n");
}

function findingsText(findings: readonly Finding[], paint: Paint): string[] {
  if (findings.length === 0) return [paint("nothing is missing", "green")];
  return findings.flatMap(({ what, because, fix }) => [
    `${paint("missing", "yellow")} ${what}: no: ${oneLine(because)}`,
    `  > ${fix}`,
  ]);
}

const known = (value: number | null) => value === null ? "unknown" : String(value);
const mib = (bytes: number | null) =>
  bytes === null ? "unknown memory" : `${Math.floor(bytes / 2 ** 20)} MiB`;
