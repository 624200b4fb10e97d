/**
 * `flyball config check|show`: the configuration as `serve` would take it.
 *
 * @module
 */
import { Argument } from "commander";
import type { Config } from "../actors/config.ts";
import { exit } from "./exit.ts";
import { collect } from "./numbers.ts";
import { loadSettings } from "./settings.ts";
import type { Verb } from "./verb.ts";

interface Flags {
  readonly config?: string;
  readonly set?: readonly string[];
}

/** Patterns and zones take more than a look at their shape; tasks are known to a service alone. */
async function checkSchedules(schedules: Config["schedules"]): Promise<void> {
  const [{ readConfigured }, { parseSchedule }] = await Promise.all([
    import("../actors/schedules/configured.ts"),
    import("../actors/schedules/parse.ts"),
  ]);
  readConfigured(schedules, (value) => parseSchedule(value, Date.now()));
}

/** The verb `config`. */
export const config: Verb = {
  declare: (command) =>
    command
      .addArgument(
        new Argument("<what>", "check it, or show it with every default").choices([
          "check",
          "show",
        ]),
      )
      .option("--config <file>", "configuration (default: flyball.yaml where there is one)")
      .option("--set <key=value>", "one configuration key", collect),
  run: async (command) => {
    const { config, file, warnings } = await loadSettings(command.opts<Flags>());
    if (Object.keys(config.schedules).length > 0) await checkSchedules(config.schedules);
    for (const warning of warnings) console.error(`flyball: warning: ${warning}`);
    console.log(
      command.args[0] === "show"
        ? JSON.stringify(config, null, 2)
        : `${file ?? "the configuration"} is valid`,
    );
    return exit.ok;
  },
};
