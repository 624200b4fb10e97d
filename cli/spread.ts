/**
 * Runs a command for each line in a runtime and gives the output on.
 *
 * @module
 */
import type { Outcome } from "../messages/outcome.ts";
import { Refusal, type Runtime } from "../actors/runtime.ts";
import { oneLine } from "./complain.ts";
import { type Counts, eachLine } from "./each_line.ts";
import { type Halt, never } from "./halt.ts";
import type { JobLog } from "./joblog.ts";
import { LineInput } from "./line_input.ts";
import type { Line } from "./lines.ts";
import { discardOutput, type Sink, sinkOf, writeOutput } from "./output.ts";
import { etaMs, rateMeter, showProgress } from "./progress.ts";
import { quote } from "./quote.ts";
import { fillTemplate } from "./template.ts";

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
  readonly halt?: Halt;
  /** Lines end with NUL instead of newline. */
  readonly null?: boolean;
}

/** What {@link spread} needs. */
export interface Spread {
  readonly runtime: Pick<Runtime, "command" | "status">;
  readonly template: readonly string[];
  readonly flags: SpreadFlags;
  readonly log: JobLog | null;
  readonly stdin: ReadableStream<Uint8Array>;
  readonly signal: AbortSignal;
  /** Starts no more lines when aborted. */
  readonly soon?: AbortSignal;
  /** Where output goes. Default this process's. */
  readonly stdout?: Sink;
  readonly stderr?: Sink;
}

/** Runs the command of every line in `runtime` and gives its output on. */
export async function spread(given: Spread): Promise<Readonly<Counts>> {
  const { runtime, template, flags, log, signal } = given;
  const sinks = {
    stdout: given.stdout ?? sinkOf(Deno.stdout),
    stderr: given.stderr ?? sinkOf(Deno.stderr),
  };
  const input = new LineInput(given.stdin, flags.null ? 0 : 10);
  const run = eachLine({
    lines: remaining(input.lines, template, log),
    start: (line, signal) => start(runtime, template, line, { flags, signal }),
    take: async ({ line, outcome }) => {
      progress?.clear();
      explain(line, outcome);
      const receivedBytes = await writeOutput(outcome, sinks);
      const command = describe(template, line);
      await log?.add({ seq: line.seq, command, outcome, endedAt: Date.now(), receivedBytes });
    },
    discard: ({ outcome }) => discardOutput(outcome),
    runningMax: flags.jobs ?? openMax,
    openMax: Math.max(openMax, flags.jobs ?? 0),
    keepOrder: flags.keepOrder === true,
    halt: flags.halt ?? never,
    signal,
    soon: given.soon,
  });
  using progress = Deno.stderr.isTerminal() ? follow(run.counts, input, runtime) : null;
  try {
    return await run.finished;
  } finally {
    input.close();
  }
}

async function* remaining(
  lines: AsyncIterable<Line>,
  template: readonly string[],
  log: JobLog | null,
): AsyncGenerator<Line, void> {
  for await (const line of lines) {
    if (!log?.has(line.seq, describe(template, line))) yield line;
  }
}

/** The command for a line; throws a Refusal when the line makes none. */
export function commandOf(template: readonly string[], line: Line): string[] {
  if (line.fault !== null) {
    throw new Refusal("invalid_line", `the line ${line.fault}`);
  }
  return fillTemplate(template, line.text);
}

/** The command for the log; a line that makes none is logged as it came. */
function describe(template: readonly string[], line: Line): string {
  try {
    return quote(commandOf(template, line));
  } catch {
    return quote([line.text]);
  }
}

async function start(
  runtime: Pick<Runtime, "command">,
  template: readonly string[],
  line: Line,
  { flags, signal }: { readonly flags: SpreadFlags; readonly signal: AbortSignal },
): Promise<Outcome> {
  try {
    return await runtime.command(commandOf(template, line), {
      signal,
      ...(flags.retries === undefined ? {} : { retries: flags.retries }),
      ...(flags.timeoutMs === undefined ? {} : { timeoutMs: flags.timeoutMs }),
    });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return refused(error);
  }
}

/** A line that could not even be accepted has failed like any other. */
function refused({ code, message }: Refusal): Outcome {
  return {
    type: "failed",
    category: "validation",
    code,
    message,
    attempts: 0,
    waitMs: 0,
    durationMs: 0,
    resources: { cpuSeconds: null, peakBytes: null, ioBytes: null, source: "none" },
    worker: null,
  };
}

/** Says why a line failed where the command itself could not say it. */
function explain({ seq }: Line, outcome: Outcome): void {
  if (outcome.droppedBytes) {
    console.error(`flyball: line ${seq}: ${outcome.droppedBytes} bytes of output were dropped`);
  }
  if (outcome.type === "done" || outcome.category === "exit") return;
  const because = outcome.message ?? outcome.code ?? outcome.type;
  console.error(`flyball: line ${seq}: ${oneLine(because)}`);
}

function follow(counts: Readonly<Counts>, input: LineInput, runtime: Pick<Runtime, "status">) {
  const meter = rateMeter();
  return showProgress(() => {
    const { succeeded, failed, running } = counts;
    const ended = succeeded + failed;
    const ratePerS = meter(ended, performance.now());
    return {
      succeeded,
      failed,
      running,
      ratePerS,
      etaMs: etaMs({ ended, open: running, share: input.share, ratePerS }),
      pool: runtime.status().pools[0] ?? null,
    };
  });
}
