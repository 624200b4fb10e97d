/**
 * The latest snapshot of each actor.
 *
 * @module
 */
import type { Cell, Row, Table } from "./table.ts";

/** The table. */
export const snapshots: Table = {
  name: "snapshots",
  key: "actor",
  width: 2,
  create: `
    create table snapshots (
      actor text primary key,
      snapshot text not null,
      crc integer not null
    ) strict, without rowid;`,
};

/** Snapshots by actor. Parameters: after, limit. */
export const selectSnapshots = "select * from snapshots where actor > ? order by actor limit ?";

/** Appends a snapshot's cells to a batch. A snapshot of `undefined` is stored as null. */
export function packSnapshot(cells: Cell[], actor: string, snapshot: unknown): void {
  cells.push(actor, JSON.stringify(snapshot) ?? "null");
}

/** The snapshot of a sound row. */
export function unpackSnapshot(row: Row): { actor: string; snapshot: unknown } {
  return { actor: row[0] as string, snapshot: JSON.parse(row[1] as string) };
}
