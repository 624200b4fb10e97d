/**
 * All or nothing.
 *
 * @module
 */
import type { DatabaseSync } from "node:sqlite";

/** Runs `change` in a transaction of its own; when it throws, nothing has changed. */
export function transaction<T>(db: DatabaseSync, change: () => T): T {
  db.exec("begin immediate");
  try {
    const result = change();
    db.exec("commit");
    return result;
  } catch (error) {
    // A full disk rolls back by itself.
    if (db.isTransaction) db.exec("rollback");
    throw error;
  }
}
