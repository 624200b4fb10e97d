/**
 * Many jobs as one text on their way from the thread: a text crosses for next to nothing and is
 * parsed in one go, where a row of six cells is copied cell by cell and a start may take a million.
 *
 * @module
 */
import type { JobSpec } from "../../../messages/job.ts";
import type { StoredJob } from "../../ports.ts";
import type { Row } from "./table.ts";

/** Most jobs of a bundle. */
const jobsMost = 1_000;
/** A bundle ends with the job that fills it, characters of specs. */
const charsFull = 1_048_576;

/** Sound rows of jobs as rows of one cell: JSON of ids, of acceptances and of specs. */
export function packBundles(rows: readonly Row[]): Row[] {
  const bundles: Row[] = [];
  let from = 0;
  let chars = 0;
  for (let i = 0; i < rows.length; i++) {
    chars += (rows[i]![4] as string).length;
    const upTo = i + 1;
    if (upTo < rows.length && upTo - from < jobsMost && chars < charsFull) continue;
    bundles.push([pack(rows.slice(from, upTo))]);
    from = upTo;
    chars = 0;
  }
  return bundles;
}

/** The jobs of a bundle. */
export function unpackBundle([text]: Row): StoredJob[] {
  const [ids, acceptances, specs] = JSON.parse(text as string) as [number[], number[], JobSpec[]];
  return ids.map((id, i) => ({ id, acceptedAt: acceptances[i]!, spec: specs[i]! }));
}

/** What is sound is JSON already: numbers, and specs as they were written. */
function pack(rows: readonly Row[]): string {
  const column = (at: number) => `[${rows.map((row) => row[at]).join(",")}]`;
  return `[${column(0)},${column(1)},${column(4)}]`;
}
