/**
 * How far the attempts of jobs have come that were tried and are to be tried again.
 *
 * @module
 */
import type { StoredTries } from "../../stored_tries.ts";
import type { Cell, Row, Table } from "./table.ts";

/** The table; `id` is the job's. `tries` is null for a job that was redriven since. */
export const tries: Table = {
  name: "tries",
  key: "id",
  width: 2,
  create: `
    create table tries (
      id integer primary key,
      tries text,
      crc integer not null
    ) strict;`,
};

/** Those of jobs without an ending. Parameters: after, limit. */
export const selectTries = `
  select * from tries where id > ? and tries is not null
  and not exists (select 1 from outcomes where outcomes.id = tries.id)
  order by id limit ?`;

/** Appends a job's cells to a batch; null: its attempts are all before it again. */
export function packTries(cells: Cell[], id: number, of: StoredTries | null): void {
  cells.push(id, of === null ? null : JSON.stringify(of));
}

/** The attempts of a sound row. */
export function unpackTries(row: Row): { id: number; tries: StoredTries } {
  return { id: row[0] as number, tries: JSON.parse(row[1] as string) as StoredTries };
}
