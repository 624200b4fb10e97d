/**
 * Runs one side of the scan bench in a process of its own, fed with paths on its standard input:
 * every run is as cold as the first, and its memory is its own.
 *
 * @module
 */
import type { Run, Variant, Work } from "../examples/scanner/variant.ts";
import type { RunReport } from "./scan_report.ts";

/** How far a run goes: for a time, or over a number of files. */
export type Until = { readonly forMs: number } | { readonly files: number };

/** What `scan_run.ts` is asked for. */
export interface ScanOrder {
  readonly variant: Variant;
  readonly work: Work;
  readonly until: Until;
}

const scanRun = new URL("./scan_run.ts", import.meta.url).pathname;
const baseline = new URL("./baseline.py", import.meta.url).pathname;

/** Runs a variant of our own. */
export async function runApart(order: ScanOrder, paths: readonly string[]): Promise<Run> {
  const args = ["run", "-A", scanRun, JSON.stringify(order)];
  return await feed(Deno.execPath(), args, paths) as Run;
}

/** Hashes `paths` in `passes` on `workers` Python threads, each file after a wait of `waitMs`. */
export async function runPython(
  paths: readonly string[],
  { workers, waitMs, passes }: { workers: number; waitMs: number; passes: number },
): Promise<RunReport> {
  const args = [baseline, ...[workers, waitMs, passes].map(String)];
  const { files, elapsed_ms } = await feed("python3", args, paths) as RunReport;
  return {
    files,
    elapsed_ms,
    files_per_s: files / elapsed_ms * 1000,
    ms_per_file: elapsed_ms / files,
  };
}

/** True where there is a python3 to measure against. */
export async function hasPython(): Promise<boolean> {
  try {
    const { success } = await new Deno.Command("python3", {
      args: ["--version"],
      stdout: "null",
      stderr: "null",
    }).output();
    return success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

async function feed(program: string, args: string[], paths: readonly string[]): Promise<unknown> {
  const child = new Deno.Command(program, {
    args,
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const input = new Blob([`${paths.join("\n")}\n`]).stream();
  const [{ success, stdout }] = await Promise.all([child.output(), input.pipeTo(child.stdin)]);
  if (!success) throw new Error(`${program} ${args[0]} failed`);
  return JSON.parse(new TextDecoder().decode(stdout));
}
