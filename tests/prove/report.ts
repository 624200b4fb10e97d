/**
 * Runs the rows of an area and writes down what came of them.
 *
 * @module
 */
import type { Measured, Row } from "./row.ts";

/** The machine a proof was made on. */
export interface Machine {
  readonly cores: number;
  readonly memoryBytes: number;
  readonly system: string;
  readonly deno: string;
}

/** A measured row. */
export interface Proof extends Measured {
  readonly line: string;
  /** When it was measured, ISO 8601. */
  readonly date: string;
  /** How long it took to measure. */
  readonly tookMs: number;
}

/** What is kept of one run of an area. */
export interface Report {
  readonly area: string;
  /** ISO 8601. */
  readonly date: string;
  readonly machine: Machine;
  readonly rows: readonly Proof[];
}

/** This machine. */
export function thisMachine(): Machine {
  return {
    cores: navigator.hardwareConcurrency,
    memoryBytes: Deno.systemMemoryInfo().total,
    system: `${Deno.build.os} ${Deno.osRelease()} ${Deno.build.arch}`,
    deno: Deno.version.deno,
  };
}

/** Runs all rows, one after another, and prints each as it is known. */
export async function prove(
  area: string,
  rows: readonly Row[],
  print: (line: string) => void,
): Promise<Report> {
  const date = new Date().toISOString();
  const proofs: Proof[] = [];
  for (const row of rows) {
    const proof = await measure(row);
    proofs.push(proof);
    print(describe(proof));
  }
  return { area, date, machine: thisMachine(), rows: proofs };
}

/**
 * What one machine has in common with its next boot: not the build of its kernel, nor the last pages
 * of memory, which that leaves.
 */
function kindOf({ cores, memoryBytes, system, deno }: Machine): string {
  const release = system.replace(/ (\d+\.\d+\.\d+)\S* /, " $1 ");
  return JSON.stringify([cores, Math.round(memoryBytes / 2 ** 26), release, deno]);
}

/** `again` with the rows of `before` that it has not measured; another machine's don't count. */
export function merge(before: Report | undefined, again: Report): Report {
  if (before === undefined || kindOf(before.machine) !== kindOf(again.machine)) return again;
  const rows = new Map(before.rows.map((row) => [row.line, row]));
  for (const row of again.rows) rows.set(row.line, row);
  return { ...again, rows: [...rows.values()] };
}

/** A report holds when it has rows and all of them hold. */
export const holds = ({ rows }: Report): boolean => rows.length > 0 && rows.every(({ ok }) => ok);

async function measure({ line, run }: Row): Promise<Proof> {
  const date = new Date().toISOString();
  const startMs = performance.now();
  const tookMs = () => Math.round(performance.now() - startMs);
  try {
    const measured = await run();
    // A number that could not be taken proves nothing, whatever it was compared with.
    const ok = measured.ok && !Number.isNaN(measured.value);
    return { line, date, ...measured, ok, tookMs: tookMs() };
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return { line, date, value: NaN, unit: "", limit: "", ok: false, detail, tookMs: tookMs() };
  }
}

function describe({ line, value, unit, limit, ok, detail }: Proof): string {
  const number = Number.isNaN(value) ? "not measured" : `${rounded(value)} ${unit} (${limit})`;
  return `${ok ? "ok  " : "FAIL"} ${line}: ${number}${detail ? `, ${detail}` : ""}`;
}

/** Four significant digits are more than a noisy machine has to say. */
const rounded = (value: number) => Number(value.toPrecision(4));
