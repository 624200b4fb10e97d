/**
 * What all tables share: rows as arrays of cells whose last one is a checksum of the others.
 *
 * @module
 */
import type { DatabaseSync, StatementSync } from "node:sqlite";
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

/** Rows that one statement inserts where there are as many: half the time a row takes alone. */
const rowsTogether = 16;

/**
 * Inserts rows, given as flat cells, into all columns of a table, completed by their checksums; `or`
 * says what to do when the key is taken.
 */
export function inserter(
  db: DatabaseSync,
  table: Table,
  or: "abort" | "ignore" | "replace" = "abort",
): (cells: readonly Cell[]) => void {
  const { name, width } = table;
  const row = `(${"?, ".repeat(width)}?)`;
  const sql = (rows: number) =>
    `insert or ${or} into ${name} values ${Array(rows).fill(row).join(", ")}`;
  const one = db.prepare(sql(1));
  let many: StatementSync | null = null;
  return (cells) => {
    let at = 0;
    const end = cells.length - width * rowsTogether;
    for (; at <= end; at += width * rowsTogether) {
      (many ??= db.prepare(sql(rowsTogether))).run(
        ...withChecksums(cells, at, rowsTogether, width),
      );
    }
    for (; at < cells.length; at += width) one.run(...withChecksums(cells, at, 1, width));
  };
}

function withChecksums(cells: readonly Cell[], from: number, rows: number, width: number): Cell[] {
  const all: Cell[] = [];
  for (let at = from, row = 0; row < rows; row++, at += width) {
    for (let cell = at; cell < at + width; cell++) all.push(cells[cell]!);
    all.push(checksum(cells, at, width));
  }
  return all;
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
  return row.at(-1) === checksum(row, 0, row.length - 1);
}
