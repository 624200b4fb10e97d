/**
 * Jobs as they were accepted, or redriven. A job is open as long as it has no outcome.
 *
 * @module
 */
import type { JobSpec } from "../../../messages/job.ts";
import type { StoredJob } from "../../ports.ts";
import { bodyHash } from "../body_hash.ts";
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

/** Jobs with an idempotency key, by id. Parameters: after, up to, accepted since, limit. */
export const selectWithKey = `
  select * from jobs where bodyHash is not null and id > ? and id <= ? and acceptedAt >= ?
  order by id limit ?`;

/** A task's name as it is stored and searched for. */
export function packTask(task: string | undefined): string | null {
  return task === undefined ? null : JSON.stringify(task);
}

/** Appends a job's cells to a batch. */
export function packJob(cells: Cell[], { id, acceptedAt, spec }: StoredJob): void {
  const hash = spec.idempotencyKey === undefined ? null : bodyHash(spec);
  cells.push(id, acceptedAt, packTask(spec.task), hash, JSON.stringify(spec));
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
export function unpackKey(row: Row): { key: string; id: number; bodyHash: string } {
  const { id, spec } = unpackJob(row);
  return { key: spec.idempotencyKey!, id, bodyHash: row[3] as string };
}
