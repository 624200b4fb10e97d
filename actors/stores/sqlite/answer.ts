/**
 * What the thread answers when it is asked: pages of sound rows. Damaged ones are set aside on
 * the way.
 *
 * @module
 */
import type { StatementSync } from "node:sqlite";
import { packBundles } from "./bundle.ts";
import { facts } from "./facts.ts";
import { jobPages } from "./job_pages.ts";
import { jobs, selectOpen, selectWithKey } from "./jobs.ts";
import type { Ledger } from "./ledger.ts";
import { outcomes } from "./outcomes.ts";
import type { Page, Question } from "./protocol.ts";
import { schedules } from "./schedules.ts";
import { latestSlotsIn, selectSlots, slots } from "./slots.ts";
import { selectSnapshots, snapshots } from "./snapshots.ts";
import { packExecution, selectSteps, workflowsIn } from "./steps.ts";
import { selectTries, tries } from "./tries.ts";
import { type Cell, isSound, type Row, selectRows, type Table } from "./table.ts";

/** Cells of a stored job's row, its checksum included; the outcome's follow in joined rows. */
const jobCells = jobs.width + 1;

/** Prepares the statements; returns the function that answers. */
export function answering(ledger: Ledger): (question: Question) => Page {
  const { db } = ledger;
  const joined = "select * from jobs left join outcomes on outcomes.id = jobs.id";
  const outcomesAfter = db.prepare("select * from outcomes where id > ? order by id limit ?");
  const open = db.prepare(selectOpen);
  const withKey = db.prepare(selectWithKey);
  const snapshotsAfter = db.prepare(selectSnapshots);
  const triesAfter = db.prepare(selectTries);
  const schedulesAfter = db.prepare("select * from schedules where name > ? order by name limit ?");
  const slotsAfter = db.prepare(selectSlots);
  const latestSlots = latestSlotsIn(db);
  const stepsOf = db.prepare(selectSteps);
  const workflows = workflowsIn(db);
  const factsFrom = db.prepare("select * from facts where seq >= ? order by seq limit ?");
  const oneJob = db.prepare(`${joined} where jobs.id = ?`);
  const pageOfJobs = jobPages(ledger);

  const walk = (
    table: Table,
    { after, limit }: { readonly after: Cell; readonly limit: number },
    select: StatementSync,
    ...more: readonly Cell[]
  ) => page(ledger, table, { after, limit }, (from) => selectRows(select, from, ...more, limit));

  return (question) => {
    switch (question.type) {
      case "check": {
        const select = (after: Cell) => selectRows(outcomesAfter, after, question.limit);
        return { rows: [], next: page(ledger, outcomes, question, select).next };
      }
      case "open": {
        const { rows, next } = walk(jobs, question, open, question.upTo);
        return { rows: packBundles(rows), next };
      }
      case "keys":
        return walk(jobs, question, withKey, question.upTo, question.since);
      case "tries":
        return walk(tries, question, triesAfter);
      case "snapshots":
        return walk(snapshots, question, snapshotsAfter);
      case "schedules":
        return walk(schedules, question, schedulesAfter);
      case "slots":
        return question.latest
          ? latestSlots(question)
          : walk(slots, question, slotsAfter, question.before);
      case "steps":
        return someSteps(ledger, stepsOf, question);
      case "workflows":
        return workflows(question.before, question.limit);
      case "facts":
        return walk(facts, { after: question.from, limit: question.limit }, factsFrom);
      case "job": {
        const rows = selectRows(oneJob, question.id);
        return { rows: rows.filter((row) => isSoundJob(ledger, row)), next: null };
      }
      case "jobs": {
        const { rows, next } = pageOfJobs(question);
        return { rows: rows.filter((row) => isSoundJob(ledger, row)), next };
      }
    }
  };
}

function someSteps(
  ledger: Ledger,
  select: StatementSync,
  { executionId, after, limit }: Extract<Question, { type: "steps" }>,
): Page {
  const rows = selectRows(select, packExecution(executionId), after, limit);
  return { rows: rows.filter((row) => isSoundJob(ledger, row)), next: null };
}

/** Whether all there is of a joined row is sound; halves that are not are set aside. */
export function isSoundJob(ledger: Ledger, row: Row): boolean {
  const job = row.slice(0, jobCells);
  const outcome = row.slice(jobCells);
  return isSoundHalf(ledger, jobs, job) && isSoundHalf(ledger, outcomes, outcome);
}

function isSoundHalf(ledger: Ledger, table: Table, half: Row): boolean {
  if (half[0] === null || isSound(half)) return true; // Null: nothing was joined.
  ledger.setAside(table, [half]);
  return false;
}

/**
 * One page. It ends with a sound row, as the key of a damaged one says nothing about where to go
 * on; where all rows of a page were damaged, the page is taken again without them.
 */
function page(
  ledger: Ledger,
  table: Table,
  { after, limit }: { readonly after: Cell; readonly limit: number },
  select: (after: Cell) => Row[],
): Page {
  for (;;) {
    const rows = select(after);
    const sound = rows.filter(isSound);
    const gone = sound.length === rows.length
      ? 0
      : ledger.setAside(table, rows.filter((row) => !isSound(row)));
    if (rows.length < limit) return { rows: sound, next: null };
    const last = sound.at(-1);
    if (last !== undefined) return { rows: sound, next: last[0] as number | string };
    if (gone === 0) throw new Error(`Damaged rows of ${table.name} cannot be passed`);
  }
}
