/**
 * From a path to a database that can be trusted with jobs, or a refusal that says what to do.
 *
 * @module
 */
import { DatabaseSync } from "node:sqlite";
import { Refusal } from "../../runtime.ts";
import { applicationId, migrations } from "./migrations.ts";
import { transaction } from "./transaction.ts";

/** Levels of `PRAGMA synchronous` by their number. */
const levels = ["OFF", "NORMAL", "FULL", "EXTRA"];

/**
 * Opens the database at `path`, creating or migrating it as needed. Throws Refusal `bad_store`
 * or `schema_newer`.
 */
export function openDatabase(path: string, synchronous: "FULL" | "NORMAL"): DatabaseSync {
  if (!exists(path)) create(path);
  let db: DatabaseSync | null = null;
  try {
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

/**
 * Makes the database under another name first, so that dying on the way leaves nothing that looks
 * like a lost one.
 */
function create(path: string): void {
  const draft = `${path}.new`;
  for (const file of [draft, `${draft}-wal`, `${draft}-shm`, `${path}-wal`, `${path}-shm`]) {
    try {
      Deno.removeSync(file);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw bad(file, (error as Error).message);
    }
  }
  const db = new DatabaseSync(draft);
  try {
    db.exec("pragma journal_mode = wal; pragma synchronous = full");
    migrate(db, 0);
  } catch (error) {
    throw bad(draft, (error as Error).message);
  } finally {
    db.close();
  }
  Deno.chmodSync(draft, 0o600);
  Deno.renameSync(draft, path);
  // The name must be safe before anything under it is.
  const directory = Deno.openSync(path.slice(0, path.lastIndexOf("/")));
  directory.syncSync();
  directory.close();
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

function migrate(db: DatabaseSync, have: number): void {
  transaction(db, () => {
    for (const sql of migrations.slice(have)) db.exec(sql);
    db.exec(`pragma user_version = ${migrations.length}; pragma application_id = ${applicationId}`);
  });
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
