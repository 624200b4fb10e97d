/**
 * Reading: what the store asks of its thread, and what it makes of the rows.
 *
 * @module
 */
import { longestWindowMs } from "../../../messages/job.ts";
import type {
  RecoveryPage,
  StoreAnswers,
  StoredRecord,
  StoreQuery,
  WorkflowRow,
} from "../../ports.ts";
import { isWanted } from "../../is_wanted.ts";
import { unpackFact } from "./facts.ts";
import { unpackBundle } from "./bundle.ts";
import { jobs, packKey, packOperation, packTask, unpackJob, unpackKey } from "./jobs.ts";
import { unpackOutcome } from "./outcomes.ts";
import type { Page, Question } from "./protocol.ts";
import { unpackSchedule } from "./schedules.ts";
import { unpackSlot } from "./slots.ts";
import { unpackSnapshot } from "./snapshots.ts";
import { unpackWorkflow } from "./steps.ts";
import type { Row } from "./table.ts";
import { unpackTries } from "./tries.ts";

/** Puts a question to the thread. */
export type Ask = (question: Question) => Promise<Page>;

/** Longest page that `recover` yields. */
const pageRows = 1_000;
/** Rows that the thread looks at before it answers, where their answer is small: few round trips. */
const walkRows = 5 * pageRows;

/** Answers a query of the actors. */
export async function read<Q extends StoreQuery>(
  ask: Ask,
  query: Q,
): Promise<StoreAnswers[Q["type"]]> {
  return await answer(ask, query) as StoreAnswers[Q["type"]];
}

async function answer(ask: Ask, query: StoreQuery): Promise<StoreAnswers[StoreQuery["type"]]> {
  switch (query.type) {
    case "job": {
      const { rows: [row] } = await ask(query);
      return row === undefined ? null : unpackRecord(row);
    }
    case "jobs":
      return await readJobs(ask, query);
    case "steps":
      return (await ask({ ...query, after: query.after ?? 0 })).rows.map(unpackRecord);
    case "workflows":
      return await readWorkflows(ask, query);
    case "slots":
      return (await ask(query)).rows.map(unpackSlot);
    case "facts":
      return (await ask(query)).rows.map(unpackFact);
  }
}

async function readJobs(
  ask: Ask,
  query: Extract<StoreQuery, { type: "jobs" }>,
): Promise<readonly StoredRecord[]> {
  const { ending, task, operation, key, isLatest = false, limit } = query;
  const { after = isLatest ? Number.MAX_SAFE_INTEGER : 0 } = query;
  const records: StoredRecord[] = [];
  let next: number | null = after;
  while (next !== null && records.length < limit) {
    const page: Page = await ask({
      type: "jobs",
      isLatest,
      after: next,
      ending: ending ?? null,
      task: packTask(task),
      operation: packOperation(operation),
      key: packKey(key),
      limit: limit - records.length,
    });
    for (const row of page.rows) {
      const record = unpackRecord(row);
      if (isWanted(record.job.spec, query)) records.push(record);
    }
    next = page.next as number | null;
  }
  return records;
}

async function readWorkflows(
  ask: Ask,
  { before = Number.MAX_SAFE_INTEGER, limit }: Extract<StoreQuery, { type: "workflows" }>,
): Promise<readonly WorkflowRow[]> {
  const found: WorkflowRow[] = [];
  let next: number | null = before;
  while (next !== null && found.length < limit) {
    const page: Page = await ask({ type: "workflows", before: next, limit: limit - found.length });
    found.push(...page.rows.map(unpackWorkflow));
    next = page.next as number | null;
  }
  return found;
}

/** The job and, where there is one, the outcome joined to it. */
function unpackRecord(row: Row): StoredRecord {
  const outcome = row.slice(jobs.width + 1);
  return { job: unpackJob(row), ended: outcome[0] === null ? null : unpackOutcome(outcome) };
}

/**
 * What was there at the start: jobs up to `lastJobId`. Outcomes are checked first, for a job whose
 * outcome is damaged is open again: it is better done twice than never.
 */
export async function* recover(
  ask: Ask,
  lastJobId: number,
  wallMs: number,
): AsyncGenerator<RecoveryPage> {
  const limit = pageRows;
  const upTo = lastJobId;
  const since = wallMs - longestWindowMs;
  for await (const _ of pages(0, (after) => ask({ type: "check", after, limit: walkRows })));
  for await (const rows of pages(0, (after) => ask({ type: "tries", after, limit }))) {
    yield { type: "tries", tries: rows.map(unpackTries) };
  }
  const open = (after: number) => ask({ type: "open", after, upTo, limit: walkRows });
  for await (const bundles of pages(0, open)) {
    for (const bundle of bundles) yield { type: "open", jobs: unpackBundle(bundle) };
  }
  for await (const rows of pages(0, (after) => ask({ type: "keys", after, upTo, since, limit }))) {
    yield { type: "keys", keys: rows.map(unpackKey) };
  }
  for await (const rows of pages("", (after) => ask({ type: "schedules", after, limit }))) {
    yield { type: "schedules", schedules: rows.map(unpackSchedule) };
  }
  for await (const rows of pages("", (after) => ask({ type: "snapshots", after, limit }))) {
    yield { type: "snapshots", snapshots: rows.map(unpackSnapshot) };
  }
}

/** The rows of all pages, without empty ones. */
async function* pages<After extends number | string>(
  first: After,
  ask: (after: After) => Promise<Page>,
): AsyncGenerator<readonly Row[]> {
  let coming: Promise<Page> | null = ask(first);
  while (coming !== null) {
    const { rows, next }: Page = await coming;
    // The thread reads the next one while this one is looked at.
    coming = next === null ? null : ask(next as After);
    coming?.catch(() => {}); // Who stops here does not want to know.
    if (rows.length > 0) yield rows;
  }
}
