/**
 * The command line as a function: arguments in, exit code out.
 *
 * @module
 */
import { Command, CommanderError } from "commander";
import { Refusal } from "../actors/runtime.ts";
import { version } from "../actors/version.ts";
import { bareLast } from "./bare_options.ts";
import { complain, oneLine } from "./complain.ts";
import { exit } from "./exit.ts";
import type { Verb } from "./verb.ts";
import { verbs } from "./verbs.ts";

/** Runs one verb. Never throws: what goes wrong is printed on stderr and becomes the exit code. */
export async function flyball(args: readonly string[]): Promise<number> {
  const cut = args.indexOf("--");
  const own = cut < 0 ? args : args.slice(0, cut);
  const argv = cut < 0 ? null : args.slice(cut + 1);
  const program = describe();
  let code: number = exit.ok;
  let words = own;
  try {
    for (const [name, { summary, load }] of Object.entries(verbs)) {
      const command = program.command(name).description(summary);
      if (name === own[0] || (own[0] === "help" && name === own[1])) {
        const verb = await load();
        verb.declare(command);
        words = bareLast(own, command.options);
        command.action(async () => {
          refuseArgv(verb, command, argv);
          code = await verb.run(command, argv);
        });
      }
    }
    await program.parseAsync([...words], { from: "user" });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return misused(program, own[0], error);
    const failure = complain(error);
    if (error instanceof Refusal && error.code === "usage") printUsage(program, own[0]);
    return failure;
  }
}

function describe(): Command {
  return new Command("flyball")
    .description("An elastic job runtime for Deno.")
    .version(version)
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({ writeErr: () => {}, outputError: () => {} });
}

function refuseArgv(verb: Verb, command: Command, argv: readonly string[] | null): void {
  if (argv !== null && verb.startsPrograms !== true) {
    command.error(`error: ${command.name()} takes nothing after --`);
  }
}

/** Commander throws for help and version too; those are no mistakes. */
function misused(program: Command, name: string | undefined, error: CommanderError): number {
  if (error.exitCode === exit.ok) return exit.ok;
  if (error.code === "commander.help") {
    console.error(program.helpInformation().trimEnd());
  } else {
    console.error(`flyball: ${oneLine(error.message.replace(/^error: /, ""))}`);
    printUsage(program, name);
  }
  return exit.usage;
}

function printUsage(program: Command, name: string | undefined): void {
  const command = program.commands.find((command) => command.name() === name) ?? program;
  const path = command === program ? "" : "flyball ";
  console.error(`usage: ${path}${command.name()} ${command.usage()}`);
}
