/**
 * A database whose structure is damaged is copied row by row into a new one. The checksums of rows
 * say nothing about rows that can't be found any more, SQLite's own check does.
 *
 * @module
 */
import type { DatabaseSync } from "node:sqlite";
import { remove, replaceDatabase } from "./draft.ts";
import { facts } from "./facts.ts";
import { jobs } from "./jobs.ts";
import { meta, readMeta, writeMeta } from "./meta.ts";
import { outcomes } from "./outcomes.ts";
import { addToQuarantine } from "./quarantine.ts";
import { snapshots } from "./snapshots.ts";
import {
  type Cell,
  eachRow,
  insertRows,
  insertSql,
  isSound,
  type Row,
  selectRows,
  type Table,
} from "./table.ts";
import { transaction } from "./transaction.ts";

/** Keys looked up at once between two places where reading broke off. */
const probeKeys = 16;

/** Ids to leave out, as rows on an unreadable page may have had them: a page holds fewer rows. */
const skippedIds = 1_000;

/** Whether SQLite finds the database's structure as it should be. Takes about 1 µs a row. */
export function isWhole(db: DatabaseSync): boolean {
  try {
    return db.prepare("pragma quick_check(1)").get()?.quick_check === "ok";
  } catch (error) {
    if (!isFromSqlite(error)) throw error;
    return false;
  }
}

/**
 * Replaces the database at `path` (open as `db`, closed here) by a copy of its sound rows. What it
 * was is kept under the suffix `.damaged`, the latest one only. Returns the number of damaged rows
 * seen, at least 1.
 */
export function repair(db: DatabaseSync, path: string, foundAt: number): number {
  let damaged = 0;
  replaceDatabase(path, (copy) => {
    transaction(copy, () => {
      for (const table of [meta, jobs, outcomes, facts, snapshots]) {
        const insert = copy.prepare(insertSql(table, "ignore"));
        for (const row of salvage(db, table)) {
          if (isSound(row)) insertRows(insert, row.slice(0, table.width) as Cell[], table.width);
          else damaged++, addToQuarantine(copy, table, row, foundAt);
        }
      }
      leaveGap(copy);
    });
    db.close();
    remove(`${path}.damaged`);
    Deno.linkSync(path, `${path}.damaged`);
  });
  return Math.max(damaged, 1);
}

/**
 * The rows that can be read: from the front, then from the back to where the front broke off, then
 * what lies between. Some come twice.
 */
function* salvage(db: DatabaseSync, table: Table): Generator<Row> {
  const from = `from ${table.name}`;
  const front = yield* untilBroken(db, `select * ${from} order by ${table.key}`);
  if (!front.broken) return;
  const back = yield* untilBroken(db, `select * ${from} order by ${table.key} desc`);
  if (typeof front.last !== "number" || typeof back.last !== "number") return;
  const between = db.prepare(`select * ${from} where ${table.key} > ? and ${table.key} <= ?`);
  for (let key = front.last; key < back.last; key += probeKeys) {
    try {
      yield* selectRows(between, key, key + probeKeys);
    } catch (error) {
      if (!isFromSqlite(error)) throw error; // Else it was on a page that is gone.
    }
  }
}

/** Rows of a query up to an error, and the key of the last sound one. */
function* untilBroken(
  db: DatabaseSync,
  sql: string,
): Generator<Row, { broken: boolean; last: Row[number] | undefined }> {
  let last: Row[number] | undefined;
  try {
    for (const row of eachRow(db.prepare(sql))) {
      if (isSound(row)) last = row[0];
      yield row;
    }
    return { broken: false, last };
  } catch (error) {
    if (!isFromSqlite(error)) throw error;
    return { broken: true, last };
  }
}

function isFromSqlite(error: unknown): boolean {
  return (error as { code?: unknown }).code === "ERR_SQLITE_ERROR";
}

/** Makes sure that ids of lost rows are not given away again. */
function leaveGap(copy: DatabaseSync): void {
  for (const [name, table] of [["lastJobId", jobs], ["lastSeq", facts]] as const) {
    const stored = selectRows(copy.prepare(`select max(${table.key}) from ${table.name}`))[0]![0];
    const known = readMeta(copy, name);
    writeMeta(copy, name, Math.max(Number(stored), Number(known) || 0) + skippedIds);
  }
}
