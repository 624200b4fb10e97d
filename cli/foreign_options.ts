/**
 * Options of GNU parallel that `map` does not have, or that change nothing here.
 *
 * @module
 */
import { type Command, Option } from "commander";
import { Refusal } from "../actors/runtime.ts";

/** What is refused, each with what to do instead. */
export const refused: Readonly<Record<string, string>> = {
  "-X": "give a number of lines with -n",
  "-m": "give a number of lines with -n",
  "-L": "give a number of lines with -n",
  "-s": "give a number of lines with -n",
  "--xargs": "give a number of lines with -n",
  "-i": "the place of the line is {}",
  "-I": "the place of the line is {}",
  "-U": "the place of the line is {}",
  "--rpl": "the place of the line is {}",
  "--plus": "places are {} {.} {/} {//} {/.} {#} {%}, also with a number as in {2/.}",
  "--link": "give the pairs as lines, with --colsep between their parts",
  "--xapply": "give the pairs as lines, with --colsep between their parts",
  "--header": "leave the first line out with: tail -n +2",
  "--shuf": "mix the lines with: shuf",
  "--trim": "trim the lines before they are given",
  "-E": "end the input before, as with: sed '/^END$/Q'",
  "--arg-sep": "arguments follow :::",
  "--arg-file-sep": "files of arguments follow ::::",
  "--pipe": "commands read no input; cut it with split and name the parts",
  "--pipepart": "commands read no input; cut it with split and name the parts",
  "--cat": "commands read no input; cut it with split and name the parts",
  "--fifo": "commands read no input; cut it with split and name the parts",
  "-u": "output is printed when its command has ended, so that lines stay whole",
  "--ungroup": "output is printed when its command has ended, so that lines stay whole",
  "--lb": "output is printed when its command has ended, so that lines stay whole",
  "--line-buffer": "output is printed when its command has ended, so that lines stay whole",
  "--results": "let the command write its file, as in: --shell -- 'COMMAND {} > {/}.out'",
  "--files": "let the command write its file, as in: --shell -- 'COMMAND {} > {/}.out'",
  "--retry-failed": "give the same input again with --joblog FILE --resume-failed",
  "--load": "nothing is to be chosen: the pool follows CPU and memory",
  "--memfree": "nothing is to be chosen: the pool follows CPU and memory",
  "--memsuspend": "nothing is to be chosen: the pool follows CPU and memory",
  "--noswap": "nothing is to be chosen: the pool follows CPU and memory",
  "--nice": "put it before the command, as in: -- nice -n 10 COMMAND {}",
  "--env": "commands have our environment",
  "--workdir": "commands run where we were started",
  "--wd": "commands run where we were started",
  "-S": "commands run on this machine",
  "--sshlogin": "commands run on this machine",
  "--slf": "commands run on this machine",
  "--sshloginfile": "commands run on this machine",
  "--transferfile": "commands run on this machine",
  "--return": "commands run on this machine",
  "--cleanup": "commands run on this machine",
  "--onall": "commands run on this machine",
  "--nonall": "commands run on this machine",
  "--semaphore": "to run one at a time, submit jobs with a key to flyball serve",
  "--sqlmaster": "to keep jobs, submit them to flyball serve",
  "--sqlworker": "to keep jobs, submit them to flyball serve",
  "--sqlandworker": "to keep jobs, submit them to flyball serve",
  "--tmux": "commands have no terminal",
  "--tty": "commands have no terminal",
  "-p": "look at the commands first with --dry-run",
  "--interactive": "look at the commands first with --dry-run",
};

/** What is as asked for anyway, or needs nothing. */
export const needless: readonly string[] = [
  "--group",
  "--progress",
  "--eta",
  "--bar",
  "--will-cite",
  "--no-notice",
];

/** Lets `command` know these options, without a line of help. */
export function declareForeign(command: Command): Command {
  for (const [flag, instead] of Object.entries(refused)) {
    const option = new Option(`${flag} [value]`).hideHelp();
    command.addOption(option).on(`option:${option.name()}`, () => {
      throw new Refusal("usage", `${flag} of GNU parallel is not supported: ${instead}`);
    });
  }
  for (const flag of needless) command.addOption(new Option(flag).hideHelp());
  return command;
}
