/**
 * Endings, one a job. The first one stands, unless the job is redriven.
 *
 * @module
 */
import type { Outcome } from "../../../messages/outcome.ts";
import type { StoredOutcome } from "../../ports.ts";
import type { Cell, Row, Table } from "./table.ts";

/** The table; `id` is the job's. */
export const outcomes: Table = {
  name: "outcomes",
  key: "id",
  width: 4,
  create: `
    create table outcomes (
      id integer primary key,
      endedAt integer not null,
      ending text not null,
      outcome text not null,
      crc integer not null
    ) strict;`,
};

/** Where `ending` stands in a row. */
export const endingAt = 2;

/** Appends an outcome's cells to a batch; the log lies in the same text. */
export function packOutcome(cells: Cell[], { id, endedAt, outcome, log }: StoredOutcome): void {
  cells.push(id, endedAt, outcome.type, JSON.stringify(log ? { ...outcome, log } : outcome));
}

/** The outcome of a sound row. */
export function unpackOutcome(row: Row): StoredOutcome {
  const { log, ...outcome } = JSON.parse(row[3] as string) as Outcome & Pick<StoredOutcome, "log">;
  return { id: row[0] as number, endedAt: row[1] as number, outcome, ...(log && { log }) };
}
