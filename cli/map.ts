/**
 * `flyball map -- ARGV… {}`: one command per line of stdin, as many at once as is good.
 *
 * @module
 */
import { caller } from "../actors/host/caller.ts";
import { Refusal } from "../actors/runtime.ts";
import { complain } from "./complain.ts";
import { Entries, type EntryOptions } from "./entries.ts";
import { exit } from "./exit.ts";
import { declareForeign } from "./foreign_options.ts";
import { parseHalt } from "./halt.ts";
import { onInterrupt } from "./interrupt.ts";
import { lookIntoJobLog, openJobLog, type Resume } from "./joblog.ts";
import { collect, commandsAtOnce, delimiter, seconds, separator, whole } from "./numbers.ts";
import { openRuntime } from "./open_runtime.ts";
import { sinkOf } from "./output.ts";
import { loadSettings } from "./settings.ts";
import { splitSources } from "./sources.ts";
import { remaining, spread, type SpreadFlags, tagOf } from "./spread.ts";
import { readTemplate, type Template } from "./template.ts";
import type { Verb } from "./verb.ts";

/** Failed lines the exit code can tell; 64 and above mean something else. */
const failuresMax = 63;

interface Flags extends Omit<SpreadFlags, "timeoutMs" | "delayMs" | "tag"> {
  /** Longest run of one command, ms. */
  readonly timeout?: number;
  /** Least time from one start to the next, ms. */
  readonly delay?: number;
  readonly tag?: boolean;
  readonly tagstring?: string;
  readonly shell?: boolean;
  readonly argFile?: readonly string[];
  readonly maxArgs?: number;
  /** The same as `maxArgs`. */
  readonly N?: number;
  readonly colsep?: RegExp;
  readonly null?: boolean;
  /** Byte that ends a line. */
  readonly delimiter?: number;
  /** False with `--no-run-if-empty`. */
  readonly runIfEmpty?: boolean;
  readonly maxWorkers?: number;
  readonly dryRun?: boolean;
  readonly joblog?: string;
  readonly resume?: boolean;
  readonly resumeFailed?: boolean;
  readonly config?: string;
  readonly set?: readonly string[];
}

/** The verb `map`. */
export const map: Verb = {
  startsPrograms: true,
  declare: (command) =>
    declareForeign(command)
      .usage("[options] [-- ARGV... {}] [::: WORDS...] [:::: FILES...]")
      .argument("[argv...]", "the command; {} is the line, put last when there is no {}")
      .passThroughOptions()
      .option("-k, --keep-order", "print in the order of the lines")
      .option("-j, --jobs <n>", "most commands at once: 4, 50% of the cores", commandsAtOnce)
      .option("--max-workers <n>", "most workers", whole(1, 10_000))
      .option("--shell", "the command is a text for sh, {} is quoted for it")
      .option("-a, --arg-file <file>", "read the lines from this file", collect)
      .option("-n, --max-args <n>", "lines for one command, {1} {2} ... name them", whole(1, 4_096))
      .option("-N <n>", "the same", whole(1, 4_096))
      .option("-C, --colsep <regexp>", "cut each line, {1} {2} ... name its parts", separator)
      .option("-0, --null", "lines end with NUL, as after find -print0")
      .option("-d, --delimiter <character>", "lines end with this, such as , or \\t", delimiter)
      .option("-r, --no-run-if-empty", "leave out lines that are empty or blank")
      .option("--retries <n>", "attempts after the first", whole(0, 100))
      .option("--timeout <duration>", "longest run of one command, such as 10s; 10 is 10s", seconds)
      .option("--delay <duration>", "least time from one start to the next", seconds)
      .option(
        "--halt <when>",
        "when to give up: now or soon,fail=1 (or success, done, 10%)",
        parseHalt,
      )
      .option("--tag", "put the line and a tab before each line of output")
      .option("--tagstring <text>", "put this, with {} and its like, before each line of output")
      .option("--dry-run", "print the commands and run none")
      .option("--joblog <file>", "write one row a command, as GNU parallel does")
      .option("--resume", "leave out what the job log has already")
      .option("--resume-failed", "leave out what did well according to the job log")
      .option("--config <file>", "configuration of the pool")
      .option("--set <key=value>", "one configuration key", collect)
      .addHelpText("after", "\nOptions of GNU parallel, one by one: docs/map.md"),
  run: async (command, argv) => {
    const flags = command.opts<Flags>();
    const { sources, template } = splitSources(
      [...command.args, ...argv ?? []],
      flags.argFile ?? [],
    );
    const several = sources.length > 1 || lines(flags) > 1 || flags.colsep !== undefined;
    if (template.length === 0 && several) {
      throw new Refusal("usage", "-n, --colsep and several inputs need a command, given none");
    }
    const work = {
      flags,
      resume: resumeOf(flags),
      entries: new Entries(sources, entryOptions(flags)),
      template: readTemplate(template, flags.shell),
    };
    return flags.dryRun ? await print(work) : await runAll(work);
  },
};

/** What is to be done. */
interface Work {
  readonly flags: Flags;
  readonly resume: Resume;
  readonly entries: Entries;
  readonly template: Template;
}

const lines = ({ maxArgs, N }: Flags) => maxArgs ?? N ?? 1;

function resumeOf({ resume, resumeFailed, joblog }: Flags): Resume {
  if (!resume && !resumeFailed) return "none";
  if (joblog === undefined) {
    const flag = resumeFailed ? "--resume-failed" : "--resume";
    throw new Refusal("usage", `${flag} needs --joblog FILE, the log to resume from`);
  }
  return resumeFailed ? "succeeded" : "ended";
}

function entryOptions(flags: Flags): EntryOptions {
  if (flags.colsep !== undefined && lines(flags) > 1) {
    throw new Refusal("usage", "expected --colsep or -n, given both");
  }
  return {
    delimiter: flags.null ? 0 : flags.delimiter ?? 10,
    argsMax: lines(flags),
    skipBlank: flags.runIfEmpty === false,
    ...(flags.colsep === undefined ? {} : { separator: flags.colsep }),
  };
}

/** The tag that the flags ask for; undefined when none. */
const tagOption = ({ tag, tagstring }: Flags) => tagstring ?? (tag ? "{}" : undefined);

async function print({ flags, resume, entries, template }: Work): Promise<number> {
  const done = flags.joblog === undefined ? null : await lookIntoJobLog(flags.joblog, resume);
  const tag = tagOption(flags);
  const utf8 = new TextEncoder();
  // Not by the console, which would go on for ever where nobody reads.
  const write = sinkOf(Deno.stdout);
  let failed = 0;
  for await (const entry of remaining(entries.read(), template, done)) {
    try {
      template.fill(entry, 1);
      const before = tag === undefined ? "" : tagOf(tag, entry, 1);
      await write(utf8.encode(`${before}${template.describe(entry, 1)}\n`));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      failed++;
      complain(new Refusal(error.code, `line ${entry.seq}: ${error.message}`));
    }
  }
  return Math.min(failed, failuresMax);
}

async function runAll({ flags, resume, entries, template }: Work): Promise<number> {
  const { config } = await loadSettings({
    config: flags.config ?? null,
    set: flags.set,
    flags: [{
      name: "--max-workers",
      values: flags.maxWorkers === undefined
        ? {}
        : { pools: { default: { workers: { max: flags.maxWorkers } } } },
    }, {
      // Whoever says how often each line is tried means each line.
      name: "--retries",
      values: flags.retries === undefined
        ? {}
        : { operations: { "*": { retry: { budgetRatio: null } } } },
    }],
  });
  await using log = flags.joblog === undefined ? null : await openJobLog(flags.joblog, resume);
  using interrupts = onInterrupt();
  await using runtime = await openRuntime({ config });
  caller.keep();
  interrupts.guard(runtime);
  const lost = Promise.withResolvers<never>();
  runtime.gaveUp.then((because) => lost.reject(new Refusal("gave_up", because)));
  const work = spread({
    runtime,
    template,
    entries,
    flags: spreadFlags(flags),
    log,
    signal: new AbortController().signal,
    soon: interrupts.signal,
  });
  const counts = await Promise.race([work, lost.promise]);
  // Nothing is left running: there is nothing to drain.
  await runtime.close({ drainMs: 0 });
  if (interrupts.signal.aborted) return exit.interrupted;
  const { halt } = flags;
  // Enough has succeeded: that was asked for, whatever failed on the way.
  if (counts.stopped && halt?.on === "success") return exit.ok;
  return Math.min(counts.failed, failuresMax);
}

function spreadFlags(flags: Flags): SpreadFlags {
  const { keepOrder, jobs, retries, timeout, delay, halt } = flags;
  const given = { keepOrder, jobs, retries, timeoutMs: timeout, delayMs: delay, halt };
  const all = { ...given, tag: tagOption(flags) };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}
