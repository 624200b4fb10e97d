import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { DatabaseSync } from "node:sqlite";
import {
  type Cell,
  inserter,
  isSound,
  selectRows,
  type Table,
} from "../actors/stores/sqlite/table.ts";

const table: Table = {
  name: "things",
  key: "id",
  width: 3,
  create: "create table things (id integer primary key, size real, name text, crc integer) strict",
};

Deno.test("table: any number of rows is inserted whole, each with its checksum", () => {
  const cellsOf = fc.tuple(fc.option(fc.integer()), fc.option(fc.string({ unit: "grapheme" })));
  fc.assert(fc.property(fc.array(cellsOf, { minLength: 0, maxLength: 70 }), (rows) => {
    const db = new DatabaseSync(":memory:");
    db.exec(table.create);
    const insert = inserter(db, table);
    const cells = rows.flatMap(([size, name], i): Cell[] => [i, size, name]);
    insert(cells);
    const stored = selectRows(db.prepare("select * from things order by id"));
    assertEquals(stored.map((row) => row.slice(0, -1)), rows.map((row, i) => [i, ...row]));
    assertEquals(stored.every(isSound), true);
    db.close();
  }));
});

Deno.test("table: a key that is taken is refused, kept or replaced, also among many rows", () => {
  const rows = (name: string) => Array.from({ length: 20 }, (_, i) => [i, null, name]).flat();
  for (const [or, want] of [["ignore", "old"], ["replace", "new"]] as const) {
    const db = new DatabaseSync(":memory:");
    db.exec(table.create);
    const insert = inserter(db, table, or);
    insert([17, null, "old"]);
    insert(rows("new"));
    const stored = selectRows(db.prepare("select name from things order by id"));
    assertEquals(stored.map(([name]) => name), Array(20).fill("new").with(17, want));
    db.close();
  }
});
