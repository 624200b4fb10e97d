/**
 * `flyball config check|show`: the configuration as `serve` would take it.
 *
 * @module
 */
import { Argument } from "commander";
import { exit } from "./exit.ts";
import { collect } from "./numbers.ts";
import { loadSettings } from "./settings.ts";
import type { Verb } from "./verb.ts";

interface Flags {
  readonly config?: string;
  readonly set?: readonly string[];
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
    for (const warning of warnings) console.error(`flyball: warning: ${warning}`);
    console.log(
      command.args[0] === "show"
        ? JSON.stringify(config, null, 2)
        : `${file ?? "the configuration"} is valid`,
    );
    return exit.ok;
  },
};
