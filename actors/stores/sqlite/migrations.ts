/**
 * How a database of any earlier version becomes one of this version. `user_version` counts the
 * migrations a database has seen.
 *
 * @module
 */
import type { DatabaseSync } from "node:sqlite";
import { facts } from "./facts.ts";
import { jobs } from "./jobs.ts";
import { meta } from "./meta.ts";
import { outcomes } from "./outcomes.ts";
import { quarantine } from "./quarantine.ts";
import { schedules } from "./schedules.ts";
import { slots } from "./slots.ts";
import { snapshots } from "./snapshots.ts";
import { steps } from "./steps.ts";
import { transaction } from "./transaction.ts";
import { tries } from "./tries.ts";

/** Marks a database as ours: "Flyb" in SQLite's `application_id`. */
export const applicationId = 0x466c7962;

/** One SQL text a version, applied in order. Released ones are never changed, only added to. */
export const migrations: readonly string[] = [
  [jobs, outcomes, facts, snapshots, meta, quarantine].map((table) => table.create).join("\n"),
  [schedules, steps].map((table) => table.create).join("\n"),
  slots.create,
  tries.create,
];

/** Applies what a database at version `have` has not seen. */
export function migrate(db: DatabaseSync, have: number): void {
  transaction(db, () => {
    for (const sql of migrations.slice(have)) db.exec(sql);
    db.exec(`pragma user_version = ${migrations.length}; pragma application_id = ${applicationId}`);
  });
}
