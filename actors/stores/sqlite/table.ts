/**
 * What all tables share: rows as arrays of cells whose last one is a checksum of the others.
 *
 * @module
 */
import type { StatementSync } from "node:sqlite";
import { checksum } from "./checksum.ts";

/** A value on its way to a table or from it. */
export type Cell = number | string | null;

/** A row as read. Only damaged rows hold anything but {@link Cell}s. */
export type Row = readonly (Cell | bigint | Uint8Array)[];

/** A table's name and the column that identifies a row, which comes first. */
export interface Table {
  readonly name: string;
  readonly key: string;
  /** Cells of a row without its checksum. */
  readonly width: number;
  readonly create: string;
}

/** Deno has this method, its types lack it. */
type ArrayStatement = StatementSync & { setReturnArrays(on: boolean): void };

/** `insert` into all columns of a table; `or` says what to do when the key is taken. */
export function insertSql(table: Table, or: "abort" | "ignore" | "replace" = "abort"): string {
  return `insert or ${or} into ${table.name} values (${"?, ".repeat(table.width)}?)`;
}

/** Runs an insert for each row of flat `cells`, completing it by its checksum. */
export function insertRows(insert: StatementSync, cells: readonly Cell[], width: number): void {
  for (let at = 0; at < cells.length; at += width) {
    const row = cells.slice(at, at + width);
    insert.run(...row, checksum(row, width));
  }
}

/**
 * All rows of a query as arrays. A damaged row can hold an integer that is no safe number, which
 * makes the plain way throw; then all integers are read as bigint and turned back where they fit.
 */
export function selectRows(select: StatementSync, ...parameters: Cell[]): Row[] {
  (select as ArrayStatement).setReturnArrays(true);
  try {
    return select.all(...parameters) as unknown as Row[];
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  select.setReadBigInts(true);
  try {
    const rows = select.all(...parameters) as unknown as Row[];
    return rows.map(withNumbers);
  } finally {
    select.setReadBigInts(false);
  }
}

/** The row with those integers as numbers that are safe as such. */
function withNumbers(row: Row): Row {
  return row.map((cell) => {
    if (typeof cell !== "bigint") return cell;
    const number = Number(cell);
    return Number.isSafeInteger(number) ? number : cell;
  });
}

/** Whether a row is what was written. */
export function isSound(row: Row): boolean {
  return row.at(-1) === checksum(row, row.length - 1);
}
