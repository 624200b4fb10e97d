/**
 * Runs a command for each line in a runtime and gives the output on.
 *
 * @module
 */
import type { Outcome } from "../messages/outcome.ts";
import { Refusal, type Runtime } from "../actors/runtime.ts";
import { oneLine } from "./complain.ts";
import { type Counts, eachLine } from "./each_line.ts";
import { type Entries, type Entry, hold } from "./entries.ts";
import { countOf, type Halt, never } from "./halt.ts";
import type { Done, JobLog } from "./joblog.ts";
import { discardOutput, type Sink, sinkOf, tagged, writeOutput } from "./output.ts";
import { pace } from "./pace.ts";
import { etaMs, pastMeter, rateMeter, showProgress } from "./progress.ts";
import { Slots } from "./slots.ts";
import { fillWord, type Template } from "./template.ts";

/** Lines started and not yet printed, at most; no more of the input is read. */
const openMax = 1_024;

/** How the lines are run. */
export interface SpreadFlags {
  readonly keepOrder?: boolean;
  /** Most commands at once. */
  readonly jobs?: number;
  readonly retries?: number;
  /** Longest run of one command. Default: none. */
  readonly timeoutMs?: number;
  /** Least time from one start to the next. Default: none. */
  readonly delayMs?: number;
  readonly halt?: Halt;
  /** Stands before each line of output, with the places of a template. Default: nothing does. */
  readonly tag?: string;
}

/** What {@link spread} needs. */
export interface Spread {
  readonly runtime: Pick<Runtime, "command" | "status">;
  readonly template: Template;
  readonly entries: Entries;
  readonly flags: SpreadFlags;
  readonly log: JobLog | null;
  readonly signal: AbortSignal;
  /** Starts no more lines when aborted. */
  readonly soon?: AbortSignal;
  /** Where output goes. Default this process's. */
  readonly stdout?: Sink;
  readonly stderr?: Sink;
}

/** Runs the command of every entry in `runtime` and gives its output on. */
export async function spread(given: Spread): Promise<Readonly<Counts>> {
  const { runtime, template, entries, flags, log, signal } = given;
  const sinks = {
    stdout: given.stdout ?? sinkOf(Deno.stdout),
    stderr: given.stderr ?? sinkOf(Deno.stderr),
  };
  given.soon?.addEventListener("abort", () => entries.close());
  const { halt, all } = await counted(flags.halt ?? never, entries);
  const numbered = template.usesSlot || flags.tag?.includes("{%}");
  const slots = numbered ? new Slots<Entry>() : null;
  const due = remaining(all, template, log);
  const sinksOf = (entry: Entry, slot: number) => {
    if (flags.tag === undefined) return sinks;
    const tag = tagOf(flags.tag, entry, slot);
    return { stdout: tagged(sinks.stdout, tag), stderr: tagged(sinks.stderr, tag) };
  };
  const run = eachLine({
    entries: flags.delayMs === undefined ? due : pace(due, flags.delayMs, entries.closed),
    start: async (entry, signal) => {
      const slot = slots?.take(entry) ?? 0;
      const outcome = await start(runtime, () => template.fill(entry, slot), { flags, signal });
      slots?.free(entry);
      return outcome;
    },
    take: async ({ entry, outcome }) => {
      const slot = slots?.of(entry) ?? 0;
      progress?.clear();
      explain(entry, outcome);
      const receivedBytes = await writeOutput(outcome, sinksOf(entry, slot));
      if (log !== null) {
        const command = template.describe(entry, slot);
        await log.add({ seq: entry.seq, command, outcome, endedAt: Date.now(), receivedBytes });
      }
      slots?.forget(entry);
    },
    discard: ({ outcome }) => discardOutput(outcome),
    runningMax: flags.jobs ?? openMax,
    openMax: Math.max(openMax, flags.jobs ?? 0),
    readsAhead: flags.delayMs === undefined,
    keepOrder: flags.keepOrder === true,
    halt,
    signal,
    soon: given.soon,
  });
  using progress = Deno.stderr.isTerminal() ? follow(run.counts, entries, runtime) : null;
  try {
    return await run.finished;
  } finally {
    entries.close();
  }
}

/** A share of all commands needs to know how many there are: then they are read at once. */
async function counted(
  halt: Halt,
  entries: Entries,
): Promise<{ readonly halt: Halt; readonly all: AsyncIterable<Entry> | Iterable<Entry> }> {
  if (!halt.percent) return { halt, all: entries.read() };
  const all = await hold(entries.read(), ({ args }) => args.join(" ").length);
  return { halt: countOf(halt, all.length), all };
}

/** Entries that no earlier run has done. */
export async function* remaining(
  entries: AsyncIterable<Entry> | Iterable<Entry>,
  template: Template,
  done: Done | null,
): AsyncGenerator<Entry, void> {
  for await (const entry of entries) {
    const command = done === null || template.usesSlot ? null : template.describe(entry, 0);
    if (!done?.has(entry.seq, command)) yield entry;
  }
}

/** What stands before each line of a command's output: the tag and a tab. */
export function tagOf(tag: string, entry: Entry, slot: number): string {
  return `${fillWord(tag, entry, slot).join(" ")}\t`;
}

async function start(
  runtime: Pick<Runtime, "command">,
  argvOf: () => readonly string[] | null,
  { flags, signal }: { readonly flags: SpreadFlags; readonly signal: AbortSignal },
): Promise<Outcome> {
  try {
    const argv = argvOf();
    if (argv === null) return { ...unrun, type: "done", exitCode: 0 };
    return await runtime.command(argv, {
      signal,
      ...(flags.retries === undefined ? {} : { retries: flags.retries }),
      ...(flags.timeoutMs === undefined ? {} : { timeoutMs: flags.timeoutMs }),
    });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    // A line that could not even be accepted has failed like any other.
    const { code, message } = error;
    return { ...unrun, type: "failed", category: "validation", code, message };
  }
}

/** What is known of a command that was not run. */
const unrun = {
  attempts: 0,
  waitMs: 0,
  durationMs: 0,
  resources: { cpuSeconds: null, peakBytes: null, ioBytes: null, source: "none" },
  worker: null,
} satisfies Partial<Outcome>;

/** Says why a line failed where the command itself could not say it. */
function explain({ seq }: Entry, outcome: Outcome): void {
  if (outcome.droppedBytes) {
    console.error(`flyball: line ${seq}: ${outcome.droppedBytes} bytes of output were dropped`);
  }
  if (outcome.type === "done" || outcome.category === "exit") return;
  const because = outcome.message ?? outcome.code ?? outcome.type;
  console.error(`flyball: line ${seq}: ${oneLine(because)}`);
}

function follow(counts: Readonly<Counts>, input: Entries, runtime: Pick<Runtime, "status">) {
  const meter = rateMeter();
  const pastOf = pastMeter();
  return showProgress(() => {
    const { succeeded, failed, running } = counts;
    const ended = succeeded + failed;
    const nowMs = performance.now();
    const ratePerS = meter(ended, nowMs);
    return {
      succeeded,
      failed,
      running,
      ratePerS,
      past: pastOf(ended, nowMs),
      etaMs: etaMs({ ended, open: running, share: input.share, ratePerS }),
      pool: runtime.status().pools[0] ?? null,
    };
  });
}
