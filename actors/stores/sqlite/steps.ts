/**
 * Jobs that are steps of a workflow, so that those of one are found.
 *
 * @module
 */
import type { StoredJob, WorkflowRow } from "../../ports.ts";
import type { DatabaseSync } from "node:sqlite";
import type { Page } from "./protocol.ts";
import { type Cell, type Row, selectRows, type Table } from "./table.ts";

/** The table; `id` is the job's. `executionId` is a JSON string, as only that keeps every text whole. */
export const steps: Table = {
  name: "steps",
  key: "id",
  width: 2,
  create: `
    create table steps (
      id integer primary key,
      executionId text not null,
      crc integer not null
    ) strict;
    create index stepsByExecution on steps (executionId, id);`,
};

/** Jobs of a workflow with their outcomes, by id. Parameters: workflow, after, limit. */
export const selectSteps = `
  select jobs.*, outcomes.* from steps join jobs on jobs.id = steps.id
  left join outcomes on outcomes.id = steps.id
  where steps.executionId = ? and steps.id > ? order by steps.id limit ?`;

/** Steps that one answer about workflows looks at; the asker comes back, commits go between. */
const scanRows = 10_000;

/** The way to find workflows, those with the latest jobs first. */
export function workflowsIn(db: DatabaseSync): (before: number, limit: number) => Page {
  const latest = db.prepare(
    `select id, executionId from steps where id < ? order by id desc limit ${scanRows}`,
  );
  const later = db.prepare("select 1 from steps where executionId = ? and id >= ? limit 1");
  const counted = db.prepare(`
    select executionId, count(*), sum(outcomes.id is null),
    sum(outcomes.ending = 'done' or outcomes.outcome ->> '$.code' = 'skipped'),
    min(steps.id), max(steps.id) from steps left join outcomes on outcomes.id = steps.id
    where executionId = ?`);
  return (before, limit) => {
    const scanned = selectRows(latest, before) as [number, string][];
    // In a set things keep the order in which they came first.
    const names = new Set(scanned.map(([, name]) => name)).values()
      .filter((name) => selectRows(later, name, before).length === 0).take(limit);
    const next = scanned.length === scanRows ? scanned.at(-1)![0] : null;
    return { rows: [...names.flatMap((name) => selectRows(counted, name))], next };
  };
}

/** How a workflow's name is stored and searched for. */
export const packExecution = (executionId: string): string => JSON.stringify(executionId);

/** Appends the cells of a job that is a step to a batch. */
export function packStep(cells: Cell[], { id, spec: { executionId } }: StoredJob): void {
  if (executionId !== undefined) cells.push(id, packExecution(executionId));
}

/** A workflow as `workflowsIn` counts it. */
export function unpackWorkflow(row: Row): WorkflowRow {
  const [executionId, jobs, open, done, firstId, lastId] = row as readonly [string, ...number[]];
  return {
    executionId: JSON.parse(executionId) as string,
    jobs: jobs!,
    open: open!,
    done: done ?? 0,
    firstId: firstId!,
    lastId: lastId!,
  };
}
