/**
 * Damaged rows, set aside for people to look at; nothing reads them back.
 *
 * @module
 */
import type { DatabaseSync } from "node:sqlite";
import { inserter, type Row, type Table } from "./table.ts";

/** The table: where a row came from, and what was left of it as JSON. */
export const quarantine: Table = {
  name: "quarantine",
  key: "id",
  width: 4,
  create: `
    create table quarantine (
      id integer primary key,
      foundAt integer not null,
      source text not null,
      row text not null,
      crc integer not null
    ) strict;`,
};

/** Rows kept; the oldest go first. */
const rowsMax = 10_000;

/** Moves a row out of its table. Returns false when its table doesn't find it by its key. */
export function setAside(db: DatabaseSync, from: Table, row: Row, foundAt: number): boolean {
  addToQuarantine(db, from, row, foundAt);
  return db.prepare(`delete from ${from.name} where ${from.key} = ?`).run(row[0]!).changes !== 0;
}

/** Keeps what a damaged row looked like. */
export function addToQuarantine(db: DatabaseSync, from: Table, row: Row, foundAt: number): void {
  const last = db.prepare("select coalesce(max(id), 0) as id from quarantine").get();
  const id = (last as { id: number }).id + 1;
  const text = JSON.stringify(row, (_, cell) => typeof cell === "bigint" ? String(cell) : cell);
  inserter(db, quarantine)([id, foundAt, from.name, text]);
  db.prepare("delete from quarantine where id <= ?").run(id - rowsMax);
}
