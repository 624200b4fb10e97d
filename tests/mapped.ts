/**
 * A `map` over a scripted runtime: for tests that need no process.
 *
 * @module
 */
import type { Outcome } from "../messages/outcome.ts";
import type { CommandOptions, Runtime } from "../actors/runtime.ts";
import { Entries, type EntryOptions } from "../cli/entries.ts";
import { openJobLog, type Resume } from "../cli/joblog.ts";
import { streamSource } from "../cli/sources.ts";
import { spread, type SpreadFlags } from "../cli/spread.ts";
import { readTemplate } from "../cli/template.ts";

export function ended(part: Partial<Outcome> = {}): Outcome {
  return {
    type: "done",
    exitCode: 0,
    signal: null,
    stdout: "",
    stderr: "",
    droppedBytes: 0,
    attempts: 1,
    waitMs: 0,
    durationMs: 5,
    resources: { cpuSeconds: null, peakBytes: null, ioBytes: null, source: "none" },
    worker: "1.1",
    ...part,
  };
}

export function exited(exitCode: number): Outcome {
  return ended({ type: "failed", category: "exit", code: "exit_nonzero", exitCode });
}

export type Command = (argv: readonly string[], options: CommandOptions) => Promise<Outcome>;

export interface Mapped {
  readonly command: Command;
  readonly input: string | ReadableStream<Uint8Array>;
  readonly flags?: SpreadFlags;
  readonly template?: readonly string[];
  readonly joblog?: string;
  readonly resume?: Resume;
  readonly read?: EntryOptions;
  readonly soon?: AbortSignal;
  readonly signal?: AbortSignal;
  readonly stdout?: (bytes: Uint8Array) => Promise<void>;
}

/** Maps with a scripted runtime and resolves with the counts and what was printed. */
export async function mapped(given: Mapped) {
  const printed = { stdout: "", stderr: "" };
  const sink = (name: "stdout" | "stderr") => (bytes: Uint8Array) => {
    printed[name] += new TextDecoder().decode(bytes);
    return Promise.resolve();
  };
  await using log = given.joblog === undefined
    ? null
    : await openJobLog(given.joblog, given.resume ?? "none");
  const stdin = typeof given.input === "string" ? new Blob([given.input]).stream() : given.input;
  const counts = await spread({
    runtime: {
      command: (argv, options = {}) => given.command(argv, options),
      status: () => ({ pools: [] }) as unknown as ReturnType<Runtime["status"]>,
    },
    template: readTemplate(given.template ?? ["do", "{}"]),
    entries: new Entries([streamSource(stdin)], given.read),
    flags: given.flags ?? {},
    log,
    signal: given.signal ?? new AbortController().signal,
    ...(given.soon === undefined ? {} : { soon: given.soon }),
    stdout: given.stdout ?? sink("stdout"),
    stderr: sink("stderr"),
  });
  return { ...printed, counts };
}

export const echo: Command = ([, line]) => Promise.resolve(ended({ stdout: `${line}\n` }));

/** Ends when told to: `release(line)`. */
export function gate() {
  const gates = new Map<string, PromiseWithResolvers<Outcome>>();
  const at = (line: string) => {
    const known = gates.get(line) ?? Promise.withResolvers<Outcome>();
    gates.set(line, known);
    return known;
  };
  const starts = new Map<string, PromiseWithResolvers<void>>();
  const start = (line: string) => {
    const known = starts.get(line) ?? Promise.withResolvers<void>();
    starts.set(line, known);
    return known;
  };
  const command: Command = ([, line], { signal }) => {
    start(line!).resolve();
    signal?.addEventListener("abort", () => at(line!).resolve(ended({ type: "cancelled" })));
    return at(line!).promise;
  };
  const release = (line: string, outcome = ended({ stdout: `${line}\n` })) =>
    at(line).resolve(outcome);
  return { command, release, started: (line: string) => start(line).promise };
}
