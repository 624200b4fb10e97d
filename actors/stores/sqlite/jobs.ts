/**
 * Jobs as they were accepted. Append-only: a job is open as long as it has no outcome.
 *
 * @module
 */
import type { JobSpec } from "../../../messages/job.ts";
import type { StoredJob } from "../../ports.ts";
import { bodyHash } from "../body_hash.ts";
import type { Cell, Row, Table } from "./table.ts";

/** The table. `key` and `bodyHash` are null without an idempotency key, `task` for commands. */
export const jobs: Table = {
  name: "jobs",
  key: "id",
  width: 6,
  create: `
    create table jobs (
      id integer primary key,
      acceptedAt integer not null,
      task text,
      key text,
      bodyHash text,
      spec text not null,
      crc integer not null
    ) strict;
    create index jobsWithKey on jobs (id) where key is not null;`,
};

/** Jobs without an ending, by id. Parameters: after, up to, limit. */
export const selectOpen = `
  select * from jobs where id > ? and id <= ?
  and not exists (select 1 from outcomes where outcomes.id = jobs.id)
  order by id limit ?`;

/** Jobs with an idempotency key, by id. Parameters: after, up to, accepted since, limit. */
export const selectWithKey = `
  select * from jobs where key is not null and id > ? and id <= ? and acceptedAt >= ?
  order by id limit ?`;

/** Appends a job's cells to a batch. */
export function packJob(cells: Cell[], { id, acceptedAt, spec }: StoredJob): void {
  const key = spec.idempotencyKey ?? null;
  const hash = key === null ? null : bodyHash(spec);
  cells.push(id, acceptedAt, spec.task ?? null, key, hash, JSON.stringify(spec));
}

/** The job of a sound row. */
export function unpackJob(row: Row): StoredJob {
  return {
    id: row[0] as number,
    acceptedAt: row[1] as number,
    spec: JSON.parse(row[5] as string) as JobSpec,
  };
}

/** The idempotency key of a sound row that has one. */
export function unpackKey(row: Row): { key: string; id: number; bodyHash: string } {
  return { key: row[3] as string, id: row[0] as number, bodyHash: row[4] as string };
}
