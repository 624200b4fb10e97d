/**
 * `flyball completions bash|zsh|fish`: a script that lets a shell complete verbs and options.
 *
 * @module
 */
import { Argument } from "commander";
import { completionScripts } from "./completion_scripts.ts";
import { completionWords } from "./completion_words.ts";
import { exit } from "./exit.ts";
import type { Verb, VerbEntry } from "./verb.ts";

/** The verb `completions`. */
export const completions: Verb = {
  declare: (command) =>
    command
      .addArgument(
        new Argument("<shell>", "for which shell").choices(Object.keys(completionScripts)),
      )
      .addHelpText(
        "after",
        `
  bash   source <(flyball completions bash)        in ~/.bashrc
  zsh    source <(flyball completions zsh)         in ~/.zshrc, after compinit
  fish   flyball completions fish | source         in ~/.config/fish/config.fish`,
      ),
  run: async (command) => {
    const script = completionScripts[command.args[0]!]!;
    const { verbs } = await list();
    console.log(script(await completionWords(verbs)).trimEnd());
    return exit.ok;
  },
};

/** The list leads back here, so that it can't be imported as usual. */
const list = (): Promise<{ readonly verbs: Readonly<Record<string, VerbEntry>> }> =>
  import(new URL("./verbs.ts", import.meta.url).href);
