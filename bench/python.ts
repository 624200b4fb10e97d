/**
 * Runs the Python baseline.
 *
 * @module
 */
import { feed } from "../examples/scanner/apart.ts";
import type { RunReport } from "./scan_report.ts";

const script = new URL("./baseline.py", import.meta.url).pathname;

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

/** Hashes `paths` in `passes` on `workers` threads, each file after a wait of `waitMs`. */
export async function runPython(
  paths: readonly string[],
  { workers, waitMs, passes }: { workers: number; waitMs: number; passes: number },
): Promise<RunReport> {
  const args = [script, ...[workers, waitMs, passes].map(String)];
  const { files, elapsed_ms } = await feed("python3", args, paths) as RunReport;
  return {
    files,
    elapsed_ms,
    files_per_s: files / elapsed_ms * 1000,
    ms_per_file: elapsed_ms / files,
  };
}
