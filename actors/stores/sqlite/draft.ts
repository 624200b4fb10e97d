/**
 * New database files. They are made under another name first, so that dying on the way leaves
 * nothing that looks like a database that lost its jobs.
 *
 * @module
 */
import { DatabaseSync } from "node:sqlite";
import { migrate } from "./migrations.ts";

/** Makes a database with all tables, lets `fill` write to it and puts it in place of `path`. */
export function replaceDatabase(path: string, fill: (db: DatabaseSync) => void): void {
  const draft = `${path}.new`;
  for (const suffix of ["", "-wal", "-shm"]) remove(draft + suffix);
  const db = new DatabaseSync(draft);
  try {
    db.exec("pragma journal_mode = wal; pragma synchronous = full");
    migrate(db, 0);
    fill(db);
  } finally {
    db.close();
  }
  Deno.chmodSync(draft, 0o600);
  for (const suffix of ["-wal", "-shm"]) remove(path + suffix);
  Deno.renameSync(draft, path);
  // The name must be safe before anything that is written under it.
  const directory = Deno.openSync(path.slice(0, path.lastIndexOf("/")));
  directory.syncSync();
  directory.close();
}

/** Removes a file that may be there. */
export function remove(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
