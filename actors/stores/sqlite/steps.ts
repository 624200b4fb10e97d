/**
 * Jobs that are steps of a workflow, so that those of one are found.
 *
 * @module
 */
import type { StoredJob, WorkflowRow } from "../../ports.ts";
import type { Cell, Row, Table } from "./table.ts";

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

/** Workflows, those with the latest jobs first. Parameters: before (a job's id), limit. */
export const selectWorkflows = `
  select executionId, count(*), sum(outcomes.id is null), 
  sum(outcomes.ending = 'done' or outcomes.outcome ->> '$.code' = 'skipped'),
  min(steps.id), max(steps.id) as lastId from steps left join outcomes on outcomes.id = steps.id
  group by executionId having lastId < ? order by lastId desc limit ?`;

/** How a workflow's name is stored and searched for. */
export const packExecution = (executionId: string): string => JSON.stringify(executionId);

/** Appends the cells of a job that is a step to a batch. */
export function packStep(cells: Cell[], { id, spec: { executionId } }: StoredJob): void {
  if (executionId !== undefined) cells.push(id, packExecution(executionId));
}

/** A workflow as `selectWorkflows` counts it. */
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
