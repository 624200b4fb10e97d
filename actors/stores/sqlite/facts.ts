/**
 * Control facts, by their place in the stream.
 *
 * @module
 */
import type { ControlFact, Stamped } from "../../../messages/facts.ts";
import type { Cell, Row, Table } from "./table.ts";

/** The table. */
export const facts: Table = {
  name: "facts",
  key: "seq",
  width: 3,
  create: `
    create table facts (
      seq integer primary key,
      at integer not null,
      fact text not null,
      crc integer not null
    ) strict;`,
};

/** Appends a fact's cells to a batch. */
export function packFact(cells: Cell[], { seq, at, fact }: Stamped<ControlFact>): void {
  cells.push(seq, at, JSON.stringify(fact));
}

/** The fact of a sound row. */
export function unpackFact(row: Row): Stamped<ControlFact> {
  return {
    seq: row[0] as number,
    at: row[1] as number,
    fact: JSON.parse(row[2] as string) as ControlFact,
  };
}
