/**
 * Real series, where they lie beside this repository: `../shared/traces`, or the folder that the
 * variable `TRACES` names. They are not part of it.
 *
 * @module
 */
import { pathToFileURL } from "node:url";

const folder = Deno.env.has("TRACES")
  ? pathToFileURL(`${Deno.env.get("TRACES")}/`)
  : new URL("../../../../shared/traces/", import.meta.url);

/** Values at instants, wall ms. */
export interface Trace {
  readonly everyMs: number;
  readonly ats: readonly number[];
  readonly values: readonly number[];
}

/** Lines of `name`, gzipped; null where it is not there. */
export async function lines(name: string): Promise<readonly string[] | null> {
  try {
    using file = await Deno.open(new URL(`${name}.gz`, folder));
    const plain = file.readable.pipeThrough(new DecompressionStream("gzip"));
    return (await new Response(plain).text()).trim().split("\n");
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

/** A series of Numenta's benchmark, of rows `timestamp,value`; null where it is not there. */
export async function numenta(name: string): Promise<Trace | null> {
  const rows = (await lines(`nab_${name}.csv`))?.slice(1).map((row) => row.split(","));
  if (!rows) return null;
  const ats = rows.map(([time]) => instant(time!));
  return { everyMs: ats[1]! - ats[0]!, ats, values: rows.map(([, value]) => Number(value)) };
}

/** Its labelled windows by series, from and until; null where they are not there. */
export async function windows(): Promise<ReadonlyMap<string, readonly [number, number][]> | null> {
  const url = new URL("nab_anomaly_windows.json", folder);
  const text = await Deno.readTextFile(url).catch((error) => {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  });
  if (text === null) return null;
  const entries = Object.entries<[string, string][]>(JSON.parse(text));
  return new Map(entries.map(([path, list]) => [
    path.split("/").at(-1)!.replace(".csv", ""),
    list.map(([from, until]) => [instant(from), instant(until)]),
  ]));
}

/** Sums of `every` values each. */
export const sums = (values: readonly number[], every: number): number[] =>
  Array.from(
    { length: Math.floor(values.length / every) },
    (_, i) => values.slice(i * every, (i + 1) * every).reduce((sum, value) => sum + value, 0),
  );

const instant = (time: string) => Date.parse(`${time.slice(0, 19).replace(" ", "T")}Z`);
