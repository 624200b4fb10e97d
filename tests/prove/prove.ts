/**
 * `deno task prove AREA`: measures what an area promises at full count, prints a row a line and
 * keeps the result in `docs/proofs/AREA.json`. Exit code 1 when a row does not hold.
 *
 * `--only TEXT` measures the rows whose words contain the text and keeps them beside the others;
 * `--quick` tries everything out with small counts and keeps nothing.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { type Area, areas } from "./areas.ts";
import { holds, merge, prove, type Report } from "./report.ts";
import type { Row } from "./row.ts";

/** Where reports are kept. */
const proofs = new URL("../../docs/proofs/", import.meta.url);

/** What {@link proveArea} works with. */
export interface ProveOptions {
  readonly areas: Readonly<Record<string, Area>>;
  /** Folder of the reports, made when missing; ends with a slash. */
  readonly folder: URL;
  readonly print: (line: string) => void;
  /** Part of the words of the rows to measure; default all. */
  readonly only?: string | undefined;
  /** Small counts, nothing is kept. Default false. */
  readonly quick?: boolean | undefined;
}

/** Proves one area and writes its report; returns the exit code. */
export async function proveArea(
  area: string | undefined,
  { areas, folder, print, only = "", quick = false }: ProveOptions,
): Promise<number> {
  const load = area === undefined || !Object.hasOwn(areas, area) ? undefined : areas[area];
  if (area === undefined || load === undefined) {
    if (area !== undefined) print(`There is no area ${area}.`);
    print(`Usage: deno task prove AREA, one of: ${Object.keys(areas).join(", ") || "none yet"}`);
    return 64;
  }
  const rows = await load(quick);
  const chosen = rows.filter(({ line }) => line.toLowerCase().includes(only.toLowerCase()));
  if (chosen.length === 0 && rows.length > 0) {
    print(`No row of ${area} contains ${JSON.stringify(only)}.`);
    return 64;
  }
  const report = await prove(area, await possible(chosen, print), print);
  const failed = report.rows.filter(({ ok }) => !ok).length;
  const counted = `${report.rows.length - failed} hold, ${failed} do not`;
  if (quick) {
    print(`${counted}: a quick run, not kept`);
  } else {
    const lines = new Set(rows.map(({ line }) => line));
    const isWhole = report.rows.length === rows.length;
    const merged = isWhole ? report : merge(await kept(area, folder), report);
    // A row that the area has no more proves nothing.
    await keep({ ...merged, rows: merged.rows.filter(({ line }) => lines.has(line)) }, folder);
    print(`${counted}: docs/proofs/${area}.json`);
  }
  return holds(report) ? 0 : 1;
}

/** Rows that can be measured here; of the others it is told what they lack, and what was kept stays. */
async function possible(rows: readonly Row[], print: ProveOptions["print"]): Promise<Row[]> {
  const found: Row[] = [];
  for (const row of rows) {
    const missing = await row.missing?.() ?? null;
    if (missing === null) found.push(row);
    else print(`skip ${row.line}: ${missing}`);
  }
  return found;
}

async function kept(area: string, folder: URL): Promise<Report | undefined> {
  try {
    return JSON.parse(await Deno.readTextFile(new URL(`${area}.json`, folder)));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

async function keep(report: Report, folder: URL): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  const text = JSON.stringify(report, null, 2);
  await Deno.writeTextFile(new URL(`${report.area}.json`, folder), `${text}\n`);
}

/** Does what a command line says; returns the exit code. A wrong one is one line, and 64. */
export async function command(
  args: readonly string[],
  options: Pick<ProveOptions, "areas" | "folder" | "print">,
): Promise<number> {
  const { print, areas } = options;
  try {
    const { values: { only, quick, help }, positionals: [area, ...more] } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        only: { type: "string" },
        quick: { type: "boolean" },
        help: { type: "boolean", short: "h" },
      },
    });
    if (more.length > 0) {
      print(`One area at a time: given ${[area, ...more].join(", ")}`);
      return 64;
    }
    if (!help) return await proveArea(area, { ...options, only, quick });
    print("Usage: deno task prove AREA [--only TEXT] [--quick]");
    print(`Areas: ${Object.keys(areas).join(", ")}`);
    print("--only TEXT  measure the rows whose words contain the text, keep the others");
    print("--quick      try everything with small counts, keep nothing");
    return 0;
  } catch (error) {
    if (!isUsage(error)) throw error;
    print(error.message.split("\n")[0]!);
    return 64;
  }
}

/** Whether an error is about the command line; others are ours and want their stack. */
function isUsage(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  return String((error as { code?: unknown }).code).startsWith("ERR_PARSE_ARGS");
}

if (import.meta.main) {
  Deno.exit(await command(Deno.args, { areas, folder: proofs, print: console.log }));
}
