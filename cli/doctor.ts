/**
 * `flyball doctor`: what this machine lets us do to keep programs in bounds, and what is missing.
 *
 * @module
 */
import type { Survey } from "../actors/host/survey.ts";
import { survey } from "../actors/host/survey.ts";
import { version } from "../actors/version.ts";
import { exit } from "./exit.ts";
import { loadSettings } from "./settings.ts";
import { collect } from "./numbers.ts";
import type { Verb } from "./verb.ts";

interface Flags {
  readonly config?: string;
  readonly set?: readonly string[];
  readonly json?: boolean;
}

/** Fewer open files of one process than this are too few for a full pool. */
const filesLow = 4_096;

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
    console.log(json ? JSON.stringify(found) : surveyText(found));
    return exit.ok;
  },
};

/** What was found, for people: the level first, then why it is not higher, then the rest. */
export function surveyText(found: Survey): string {
  const { level, rungs, setpriv, setsid, cgroups, pressure, limits, unreadable } = found;
  const yes = (value: boolean) => value ? "yes" : "no";
  const lines = [
    `flyball ${version}: containment level ${level}, ${rungs[level]!.name}`,
    ...rungs.filter(({ because }) => because !== null)
      .map(({ level, name, because }) => `  level ${level}, ${name}: no: ${because}`),
    `setpriv ${yes(setpriv)} · setsid ${setsid ?? "no: commands with input cost 1 to 2 ms more"}`,
    cgroups.version === null
      ? "control groups: not used"
      : `control groups: version ${cgroups.version}, limits for ${
        cgroups.controllers.join(", ") || "nothing"
      }`,
    ...cgroups.mounted.map((folder) => `  ${folder}`),
    `pressure: cpu ${yes(pressure.cpu)}, memory ${yes(pressure.memory)}`,
    `limits: ${limits.cores} cores, ${mib(limits.memoryAvailableBytes)} available, ` +
    `${known(limits.filesMax)} open files, ${known(limits.processesMax)} processes`,
  ];
  if (limits.filesMax !== null && limits.filesMax < filesLow) {
    lines.push(`  few open files: raise nofile to ${filesLow} at least`);
  }
  lines.push(...unreadable.map((what) => `cannot read ${what}`));
  return lines.join("\n");
}

const known = (value: number | null) => value === null ? "unknown" : String(value);
const mib = (bytes: number | null) =>
  bytes === null ? "unknown memory" : `${Math.floor(bytes / 2 ** 20)} MiB`;
