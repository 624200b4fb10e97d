/**
 * Results as they are stored: one JSON file a bench, with what is needed to judge it later.
 *
 * @module
 */
import { dirname } from "node:path";
import { cpus, totalmem } from "node:os";

/** The machine and the engine of a measurement. */
export interface Machine {
  readonly cores: number;
  readonly cpu: string;
  readonly memory_gib: number;
  readonly deno: string;
}

/** What every stored result begins with. */
export interface Result {
  readonly bench: string;
  /** ISO 8601. */
  readonly measured_at: string;
  readonly machine: Machine;
}

/** Head of a result of `bench` measured now, here. */
export function head(bench: string): Result {
  return {
    bench,
    measured_at: new Date().toISOString(),
    machine: {
      cores: navigator.hardwareConcurrency,
      cpu: cpus()[0]?.model ?? "unknown",
      memory_gib: Math.round(totalmem() / 2 ** 30),
      deno: Deno.version.deno,
    },
  };
}

/** Writes a result to `file`. */
export async function store(result: Result, file: string): Promise<void> {
  await Deno.mkdir(dirname(file), { recursive: true });
  await Deno.writeTextFile(file, `${JSON.stringify(result, null, 2)}\n`);
}

/** Folder of the stored results. */
export const resultsFolder = new URL("./results/", import.meta.url);

/** The stored result of a bench, undefined when it has not been measured. */
export async function stored(bench: string, folder = resultsFolder): Promise<Result | undefined> {
  try {
    return JSON.parse(await Deno.readTextFile(new URL(`${bench}.json`, folder)));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** The value at a path of keys separated by dots; undefined where there is none. */
export function at(result: unknown, path: string): unknown {
  return path.split(".").reduce(
    (value, key) => (value as Record<string, unknown> | undefined)?.[key],
    result,
  );
}
