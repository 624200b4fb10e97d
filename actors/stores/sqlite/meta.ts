/**
 * Numbers about the data directory itself.
 *
 * @module
 */
import type { DatabaseSync } from "node:sqlite";
import { inserter, isSound, selectRows, type Table } from "./table.ts";

/** The table. */
export const meta: Table = {
  name: "meta",
  key: "name",
  width: 2,
  create: `
    create table meta (
      name text primary key,
      value integer not null,
      crc integer not null
    ) strict, without rowid;`,
};

/**
 * `epoch`: start number of the service. `lastJobId`, `lastSeq`: never less than an id or seq whose
 * row is gone.
 */
export type MetaName = "epoch" | "lastJobId" | "lastSeq";

/** A number: null when it was never written, "damaged" when its row is not what was written. */
export function readMeta(db: DatabaseSync, name: MetaName): number | null | "damaged" {
  const [row] = selectRows(db.prepare("select * from meta where name = ?"), name);
  if (row === undefined) return null;
  return isSound(row) ? row[1] as number : "damaged";
}

/** Writes a number. */
export function writeMeta(db: DatabaseSync, name: MetaName, value: number): void {
  inserter(db, meta, "replace")([name, value]);
}
