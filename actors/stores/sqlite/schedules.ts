/**
 * Schedules by name, as they are now.
 *
 * @module
 */
import type { StoredSchedule } from "../../ports.ts";
import type { Cell, Row, Table } from "./table.ts";

/** The table. */
export const schedules: Table = {
  name: "schedules",
  key: "name",
  width: 2,
  create: `
    create table schedules (
      name text primary key,
      schedule text not null,
      crc integer not null
    ) strict, without rowid;`,
};

/** What stands for a schedule that is no more, until the end of its transaction. */
export const forget = "delete from schedules where schedule = 'null'";

/** Appends a schedule's cells to a batch; null: it is no more. */
export function packSchedule(cells: Cell[], name: string, schedule: StoredSchedule | null): void {
  cells.push(name, JSON.stringify(schedule));
}

/** The schedule of a sound row. */
export function unpackSchedule(row: Row): StoredSchedule {
  return JSON.parse(row[1] as string) as StoredSchedule;
}
