/**
 * A database whose structure is damaged is copied row by row into a new one. The checksums of rows
 * say nothing about rows that can't be found any more, SQLite's own check does.
 *
 * @module
 */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { remove, replaceDatabase } from "./draft.ts";
import { facts } from "./facts.ts";
import { jobs } from "./jobs.ts";
import { meta, readMeta, writeMeta } from "./meta.ts";
import { outcomes } from "./outcomes.ts";
import { addToQuarantine } from "./quarantine.ts";
import { schedules } from "./schedules.ts";
import { slots } from "./slots.ts";
import { snapshots } from "./snapshots.ts";
import { steps } from "./steps.ts";
import { type Cell, inserter, isSound, type Row, selectRows, type Table } from "./table.ts";
import { transaction } from "./transaction.ts";
import { tries } from "./tries.ts";

/** What is copied. */
const tables: readonly Table[] = [
  meta,
  jobs,
  outcomes,
  facts,
  snapshots,
  schedules,
  steps,
  slots,
  tries,
];

/** Rows read at once, as long as nothing is in the way. */
const pageRows = 1_000;

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
      for (const table of tables) {
        const insert = inserter(copy, table, "ignore");
        for (const row of salvage(db, table)) {
          if (isSound(row)) insert(row.slice(0, table.width) as Cell[]);
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
 * The rows that can be read: from the front, from the back, and where these broke off, what lies
 * between. Most come twice; a damaged key can lead one search astray, but hardly both.
 */
function* salvage(db: DatabaseSync, { name, key }: Table): Generator<Row> {
  const rows = (which: string) => db.prepare(`select * from ${name} ${which} limit ?`);
  const front = yield* untilBroken(
    rows(`order by ${key}`),
    rows(`where ${key} > ? order by ${key}`),
  );
  const back = yield* untilBroken(
    rows(`order by ${key} desc`),
    rows(`where ${key} < ? order by ${key} desc`),
  );
  if (typeof front !== "number" || typeof back !== "number") return;
  const between = rows(`where ${key} > ? and ${key} <= ?`);
  for (let at = front; at < back; at += probeKeys) {
    yield* tryRows(between, at, at + probeKeys, -1) ?? [];
  }
}

/** Rows in order of their keys up to unreadable ones; returns the last sound row's key. */
function* untilBroken(first: StatementSync, after: StatementSync): Generator<Row, Cell> {
  let last: Cell = null;
  for (let limit = pageRows; limit >= 1;) {
    const rows = last === null ? tryRows(first, limit) : tryRows(after, last, limit);
    if (rows === null) {
      limit = Math.floor(limit / 2); // Closer to the place where it breaks.
      continue;
    }
    yield* rows;
    const sound = rows.findLast(isSound);
    if (sound === undefined) break;
    last = sound[0] as Cell;
  }
  return last;
}

/** The rows of a query, null when one of them can't be read. */
function tryRows(select: StatementSync, ...parameters: Cell[]): Row[] | null {
  try {
    return selectRows(select, ...parameters);
  } catch (error) {
    if (isFromSqlite(error)) return null;
    throw error;
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
