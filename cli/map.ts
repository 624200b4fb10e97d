/**
 * `flyball map -- ARGV… {}`: one command per line of stdin, as many at once as is good.
 *
 * @module
 */
import { Refusal } from "../actors/runtime.ts";
import { complain } from "./complain.ts";
import { exit } from "./exit.ts";
import { parseHalt } from "./halt.ts";
import { onInterrupt } from "./interrupt.ts";
import { openJobLog } from "./joblog.ts";
import { readLines } from "./lines.ts";
import { collect, duration, whole } from "./numbers.ts";
import { openRuntime } from "./open_runtime.ts";
import { quote } from "./quote.ts";
import { loadSettings } from "./settings.ts";
import { commandOf, spread, type SpreadFlags } from "./spread.ts";
import type { Verb } from "./verb.ts";

/** Failed lines the exit code can tell; 64 and above mean something else. */
const failuresMax = 63;

interface Flags extends Omit<SpreadFlags, "timeoutMs"> {
  /** Longest run of one command, ms. */
  readonly timeout?: number;
  readonly maxWorkers?: number;
  readonly dryRun?: boolean;
  readonly joblog?: string;
  readonly resume?: boolean;
  readonly config?: string;
  readonly set?: readonly string[];
}

/** The verb `map`. */
export const map: Verb = {
  startsPrograms: true,
  declare: (command) =>
    command
      .usage("[options] [-- ARGV... {}]")
      .argument("[argv...]", "the command; {} is the line, put last when there is no {}")
      .passThroughOptions()
      .option("-k, --keep-order", "print in the order of the lines")
      .option("-j, --jobs <n>", "most commands at once", whole(1, 10_000))
      .option("--max-workers <n>", "most workers", whole(1, 10_000))
      .option("--retries <n>", "attempts after the first", whole(0, 100))
      .option("--timeout <duration>", "longest run of one command, such as 10s", duration)
      .option("--halt <when>", "when to give up: soon,fail=1 or now,fail=1", parseHalt)
      .option("--dry-run", "print the commands and run none")
      .option("--joblog <file>", "write one row a command, as GNU parallel does")
      .option("--resume", "leave out what the job log has already")
      .option("-0, --null", "lines end with NUL, as after find -print0")
      .option("--config <file>", "configuration of the pool")
      .option("--set <key=value>", "one configuration key", collect),
  run: async (command, argv) => {
    const flags = command.opts<Flags>();
    if (flags.resume && flags.joblog === undefined) {
      throw new Refusal("usage", "--resume needs --joblog FILE, the log to resume from");
    }
    const template = [...command.args, ...argv ?? []];
    return flags.dryRun ? await print(template, flags) : await runAll(template, flags);
  },
};

async function print(template: readonly string[], flags: Flags): Promise<number> {
  let failed = 0;
  for await (const line of readLines(Deno.stdin.readable, { delimiter: flags.null ? 0 : 10 })) {
    try {
      console.log(quote(commandOf(template, line)));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      failed++;
      complain(new Refusal(error.code, `line ${line.seq}: ${error.message}`));
    }
  }
  return Math.min(failed, failuresMax);
}

async function runAll(template: readonly string[], flags: Flags): Promise<number> {
  const { config } = await loadSettings({
    config: flags.config ?? null,
    set: flags.set,
    flags: [{
      name: "--max-workers",
      values: flags.maxWorkers === undefined
        ? {}
        : { pools: { default: { workers: { max: flags.maxWorkers } } } },
    }],
  });
  await using log = flags.joblog === undefined
    ? null
    : await openJobLog(flags.joblog, flags.resume === true);
  using interrupts = onInterrupt();
  await using runtime = await openRuntime({ config });
  interrupts.guard(runtime);
  const lost = Promise.withResolvers<never>();
  runtime.gaveUp.then((because) => lost.reject(new Refusal("gave_up", because)));
  const work = spread({
    runtime,
    template,
    flags: { ...flags, ...(flags.timeout === undefined ? {} : { timeoutMs: flags.timeout }) },
    log,
    stdin: Deno.stdin.readable,
    signal: new AbortController().signal,
    soon: interrupts.signal,
  });
  const counts = await Promise.race([work, lost.promise]);
  // Nothing is left running: there is nothing to drain.
  await runtime.close({ drainMs: 0 });
  return interrupts.signal.aborted ? exit.interrupted : Math.min(counts.failed, failuresMax);
}
