/**
 * `flyball run TASK`: one task in a runtime of this process's own.
 *
 * @module
 */
import { JobError, Refusal } from "../actors/runtime.ts";
import { oneLine } from "./complain.ts";
import { exit } from "./exit.ts";
import { onInterrupt } from "./interrupt.ts";
import { readInput } from "./json_input.ts";
import { lesson, lessonWarning } from "./learn.ts";
import { collect, duration, whole } from "./numbers.ts";
import { openRuntime } from "./open_runtime.ts";
import { loadSettings } from "./settings.ts";
import { findTasks, taskPath, unknownTask } from "./task_files.ts";
import type { Verb } from "./verb.ts";

interface Flags {
  readonly input?: string;
  readonly tasks?: string;
  readonly learn?: boolean;
  readonly retries?: number;
  /** Longest run of one attempt, ms. */
  readonly timeout?: number;
  readonly config?: string;
  readonly set?: readonly string[];
}

/** The verb `run`. */
export const run: Verb = {
  declare: (command) =>
    command
      .argument("<task>", "name of the task, or the path of its file, such as ./hash.ts")
      .option("--input <json>", "the input, or - to read it from stdin")
      .option("--tasks <dir>", "folder of tasks, one a file (default: tasks)")
      .option("--learn", "run it once with all permissions and print the least it needs")
      .option("--retries <n>", "attempts after the first", whole(0, 100))
      .option("--timeout <duration>", "longest run, such as 10s", duration)
      .option("--config <file>", "configuration of the pool")
      .option("--set <key=value>", "one configuration key", collect),
  run: async (command) => {
    const flags = command.opts<Flags>();
    const { name, tasks } = await theTask(
      command.args[0]!,
      flags.tasks ?? (Deno.env.get("FLYBALL_TASKS") || undefined),
    );
    const { config } = await loadSettings({ config: flags.config ?? null, set: flags.set });
    const own = Object.hasOwn(tasks, name) ? tasks[name]! : null;
    // What worker programs run they tell when they are started.
    const mayBeTold = Object.keys(config.programs).length > 0 && !flags.learn;
    if (own === null && !mayBeTold) throw unknownTask(command.args[0]!, Object.keys(tasks));
    const input = await readInput(flags.input);
    using interrupts = onInterrupt();
    await using taught = flags.learn && own ? await lesson(own) : null;
    if (taught) console.error(lessonWarning(taught.task));
    const task = taught?.task ?? own;
    await using runtime = await openRuntime({ config, tasks: task ? { [name]: task } : {} });
    interrupts.guard(runtime);
    try {
      const output = await runtime.run(name, input, {
        ...(flags.retries === undefined ? {} : { retries: flags.retries }),
        ...(flags.timeout === undefined ? {} : { timeoutMs: flags.timeout }),
      });
      console.log(taught ? await taught.learned() : JSON.stringify(output ?? null));
      return interrupts.signal.aborted ? exit.interrupted : exit.ok;
    } catch (error) {
      const tooLate = error instanceof Refusal && error.code === "draining";
      if (tooLate && interrupts.signal.aborted) return exit.interrupted;
      if (!(error instanceof JobError)) throw error;
      console.error(`flyball: task ${name} ${error.outcome.type}: ${oneLine(error.message)}`);
      if (taught) console.log(await taught.learned());
      return interrupts.signal.aborted ? exit.interrupted : exit.failed;
    }
  },
};

/** What is meant by a name, or by the path of a file, and the tasks of its folder. */
async function theTask(given: string, folder: string | undefined) {
  const path = taskPath(given);
  const tasks = await findTasks(path?.folder ?? folder);
  return { name: path?.name ?? given, tasks };
}
