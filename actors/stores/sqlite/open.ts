/**
 * From a path to a database that can be trusted with jobs, or a refusal that says what to do.
 *
 * @module
 */
import { DatabaseSync } from "node:sqlite";
import { Refusal } from "../../runtime.ts";
import { replaceDatabase } from "./draft.ts";
import { applicationId, migrate, migrations } from "./migrations.ts";
import { isWhole, repair } from "./repair.ts";

/** Levels of `PRAGMA synchronous` by their number. */
const levels = ["OFF", "NORMAL", "FULL", "EXTRA"];

/** How to open. */
export interface OpenOptions {
  readonly path: string;
  readonly synchronous: "FULL" | "NORMAL";
  /** Epoch ms, for what is noted on the way. */
  readonly wallMs: number;
  /** Hears of rows that were found damaged. */
  readonly damaged: (rows: number) => void;
}

/**
 * Opens the database at `path`, creating, migrating or repairing it as needed. Throws Refusal
 * `bad_store` or `schema_newer`.
 */
export function openDatabase({ path, synchronous, wallMs, damaged }: OpenOptions): DatabaseSync {
  let db: DatabaseSync | null = null;
  try {
    if (!exists(path)) replaceDatabase(path, () => {});
    db = new DatabaseSync(path);
    prepare(db, path, synchronous);
    if (isWhole(db)) return db;
    damaged(repair(db, path, wallMs));
    db = new DatabaseSync(path);
    prepare(db, path, synchronous);
    return db;
  } catch (error) {
    if (db?.isOpen) db.close();
    if (error instanceof Refusal) throw error;
    throw bad(path, (error as Error).message);
  }
}

/**
 * Looks before SQLite does: it would take an empty file for a new database, although jobs were
 * lost with what was in there.
 */
function exists(path: string): boolean {
  let info: Deno.FileInfo;
  try {
    info = Deno.statSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw bad(path, (error as Error).message);
  }
  if (!info.isFile) throw bad(path, "it is not a file");
  if (info.size === 0) throw bad(path, "it is empty");
  return true;
}

function prepare(db: DatabaseSync, path: string, synchronous: "FULL" | "NORMAL"): void {
  // One writer alone has the directory; a person's look with another program must not hold it up.
  db.exec(`
    pragma busy_timeout = 50;
    pragma journal_mode = wal;
    pragma synchronous = ${synchronous};
    pragma wal_autocheckpoint = 4000;
    pragma cache_size = -8000;`);
  const level = levels[number(db, "synchronous")];
  if (level !== synchronous) throw bad(path, `synchronous is ${level}, not ${synchronous}`);
  if (number(db, "application_id") !== applicationId) throw bad(path, "another program made it");
  const have = number(db, "user_version");
  const want = migrations.length;
  if (have > want) {
    throw new Refusal(
      "schema_newer",
      `Cannot open ${path} as its schema is newer: have ${have}, want at most ${want}. ` +
        "Start the version of Flyball that wrote it, or choose another data directory.",
    );
  }
  if (have < want) migrate(db, have);
}

function number(db: DatabaseSync, pragma: string): number {
  return Object.values(db.prepare(`pragma ${pragma}`).get()!)[0] as number;
}

function bad(path: string, because: string): Refusal {
  return new Refusal(
    "bad_store",
    `Cannot use ${path} as the job database: ${because}. ` +
      "Move it away (or put a copy back), or choose another data directory.",
  );
}
