/**
 * What happened in slots of time, by name. Slots go when their time is over.
 *
 * @module
 */
import type { DatabaseSync } from "node:sqlite";
import type { StoredSlot } from "../../ports.ts";
import type { SlotsQuery } from "../../stored_slot.ts";
import type { Page } from "./protocol.ts";
import { type Cell, isSound, type Row, selectRows, type Table } from "./table.ts";

/** The table. */
export const slots: Table = {
  name: "slots",
  key: "key",
  width: 3,
  create: `
    create table slots (
      key text primary key,
      keptUntil integer not null,
      data text not null,
      crc integer not null
    ) strict, without rowid;
    create index slotsByAge on slots (keptUntil);`,
};

/** Slots by name. Parameters: after, before, limit. */
export const selectSlots = "select * from slots where key > ? and key < ? order by key limit ?";

/** The way to the last of them, in their order. */
export function latestSlotsIn(db: DatabaseSync): (query: Omit<SlotsQuery, "type">) => Page {
  const last = db.prepare(
    "select * from slots where key < ? and key > ? order by key desc limit ?",
  );
  return ({ after, before, limit }) => {
    const rows = selectRows(last, before, after, limit).toReversed();
    return { rows: rows.filter(isSound), next: null };
  };
}

/** Slots whose time is over, a few at once. Parameter: now, epoch ms. */
export const forgetSlots = `
  delete from slots where key in (
    select key from slots where keptUntil < ? order by keptUntil limit 500)`;

/** Appends a slot's cells to a batch. */
export function packSlot(cells: Cell[], { key, keptUntil, data }: StoredSlot): void {
  cells.push(key, keptUntil, JSON.stringify(data));
}

/** The slot of a sound row. */
export function unpackSlot(row: Row): StoredSlot {
  return {
    key: row[0] as string,
    keptUntil: row[1] as number,
    data: JSON.parse(row[2] as string),
  };
}
