/**
 * `deno task prove AREA`: measures what an area promises at full count, prints a row a line and
 * keeps the result in `docs/proofs/AREA.json`. Exit code 1 when a row does not hold.
 *
 * @module
 */
import { areas } from "./areas.ts";
import { holds, prove, type Report } from "./report.ts";
import type { Row } from "./row.ts";

/** Where reports are kept. */
const proofs = new URL("../../docs/proofs/", import.meta.url);

/** What {@link proveArea} works with. */
export interface ProveOptions {
  readonly areas: Readonly<Record<string, () => Promise<readonly Row[]>>>;
  /** Folder of the reports, made when missing; ends with a slash. */
  readonly folder: URL;
  readonly print: (line: string) => void;
}

/** Proves one area and writes its report; returns the exit code. */
export async function proveArea(
  area: string | undefined,
  { areas, folder, print }: ProveOptions,
): Promise<number> {
  const load = area === undefined || !Object.hasOwn(areas, area) ? undefined : areas[area];
  if (area === undefined || load === undefined) {
    if (area !== undefined) print(`There is no area ${area}.`);
    print(`Usage: deno task prove AREA, one of: ${Object.keys(areas).join(", ") || "none yet"}`);
    return 64;
  }
  const report = await prove(area, await load(), print);
  await keep(report, folder);
  const failed = report.rows.filter(({ ok }) => !ok).length;
  print(`${report.rows.length - failed} hold, ${failed} do not: docs/proofs/${area}.json`);
  return holds(report) ? 0 : 1;
}

async function keep(report: Report, folder: URL): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  const text = JSON.stringify(report, null, 2);
  await Deno.writeTextFile(new URL(`${report.area}.json`, folder), `${text}\n`);
}

if (import.meta.main) {
  Deno.exit(await proveArea(Deno.args[0], { areas, folder: proofs, print: console.log }));
}
