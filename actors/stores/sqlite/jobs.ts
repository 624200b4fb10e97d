/**
 * Jobs as they were accepted, amended or redriven. A job is open as long as it has no outcome.
 *
 * @module
 */
import type { JobSpec } from "../../../messages/job.ts";
import type { RecoveredKey, StoredJob } from "../../ports.ts";
import { bodyHash, keyMs } from "../body_hash.ts";
import type { Cell, Row, Table } from "./table.ts";

/**
 * The table. `task` is the name as a JSON string (null for commands), as only JSON keeps every
 * string whole in SQLite. `bodyHash` is null where the spec has no idempotency key.
 */
export const jobs: Table = {
  name: "jobs",
  key: "id",
  width: 5,
  create: `
    create table jobs (
      id integer primary key,
      acceptedAt integer not null,
      task text,
      bodyHash text,
      spec text not null,
      crc integer not null
    ) strict;`,
};

/** Jobs without an ending, by id. Parameters: after, up to, limit. */
export const selectOpen = `
  select * from jobs where id > ? and id <= ?
  and not exists (select 1 from outcomes where outcomes.id = jobs.id)
  order by id limit ?`;

/**
 * Jobs of a range of ids with their endings. Only that range is looked at, whatever else is asked
 * for. Parameters: after, up to, task, ending, limit, texts in the spec.
 */
export const selectJobs = (order: "asc" | "desc"): string => `
  select * from jobs left join outcomes on outcomes.id = jobs.id
  where jobs.id > ?1 and jobs.id <= ?2 and (?3 is null or jobs.task = ?3)
  and (?4 is null or outcomes.ending = ?4) and (?6 is null or instr(jobs.spec, ?6))
  and (?7 is null or instr(jobs.spec, ?7)) order by jobs.id ${order} limit ?5`;

/** Jobs with an idempotency key, by id. Parameters: after, up to, accepted since, limit. */
export const selectWithKey = `
  select * from jobs where bodyHash is not null and id > ? and id <= ? and acceptedAt >= ?
  order by id limit ?`;

/** A task's name as it is stored and searched for. */
export function packTask(task: string | undefined): string | null {
  return task === undefined ? null : JSON.stringify(task);
}

/**
 * What the text of a spec contains where the job is of `operation`: as the last word of a string, as
 * it may be the base name of a program. Null where nothing has to be there.
 */
export function packOperation(operation: string | undefined): string | null {
  if (operation === undefined || operation === "shell" || operation === "run") return null;
  return JSON.stringify(operation).slice(1);
}

/** What the text of a spec contains where the job has `key`. */
export function packKey(key: string | undefined): string | null {
  if (key === undefined) return null;
  return JSON.stringify(key.replace(/^project:/, "")).slice(1);
}

/** Appends a job's cells to a batch. */
export function packJob(cells: Cell[], { id, acceptedAt, spec }: StoredJob): void {
  const hash = spec.idempotencyKey === undefined ? null : bodyHash(spec);
  cells.push(id, acceptedAt, packTask(spec.task), hash, JSON.stringify(spec));
}

/** The cells of a sound row with another spec. */
export function amendedRow(row: Row, spec: Cell): Cell[] {
  return [...row.slice(0, 4) as Cell[], spec];
}

/** The job of a sound row. */
export function unpackJob(row: Row): StoredJob {
  return {
    id: row[0] as number,
    acceptedAt: row[1] as number,
    spec: JSON.parse(row[4] as string) as JobSpec,
  };
}

/** The idempotency key of a sound row that has one. */
export function unpackKey(row: Row): RecoveredKey {
  const { id, acceptedAt, spec } = unpackJob(row);
  const untilAt = acceptedAt + keyMs(spec);
  return { key: spec.idempotencyKey!, id, bodyHash: row[3] as string, untilAt };
}
