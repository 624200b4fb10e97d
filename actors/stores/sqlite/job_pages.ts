/**
 * Pages of jobs that are looked for, from the oldest on or from the latest on.
 *
 * @module
 */
import { selectJobs } from "./jobs.ts";
import type { Ledger } from "./ledger.ts";
import type { Page, Question } from "./protocol.ts";
import { selectRows } from "./table.ts";

/** Ids that one answer about jobs looks at; the asker comes back for more, commits go between. */
const scanIds = 10_000;

type JobsQuestion = Extract<Question, { type: "jobs" }>;

/** Prepares the statements; returns the function that reads a page, damaged rows included. */
export function jobPages(ledger: Ledger): (question: JobsQuestion) => Page {
  const { db } = ledger;
  const firstAfter = db.prepare("select min(id) from jobs where id > ?");
  const lastBefore = db.prepare("select max(id) from jobs where id < ?");
  const upwards = db.prepare(selectJobs("asc"));
  const downwards = db.prepare(selectJobs("desc"));

  const oldest = ({ after, task, ending, limit, operation, key }: JobsQuestion): Page => {
    const first = selectRows(firstAfter, after)[0]?.[0];
    if (typeof first !== "number") return { rows: [], next: null };
    const upTo = first + scanIds - 1;
    const rows = selectRows(upwards, after, upTo, task, ending, limit, operation, key);
    const last = rows.length === limit ? rows.at(-1)![0] : upTo;
    return { rows, next: typeof last === "number" && last < ledger.lastJobId ? last : null };
  };

  const latest = ({ after, task, ending, limit, operation, key }: JobsQuestion): Page => {
    const last = selectRows(lastBefore, after)[0]?.[0];
    if (typeof last !== "number") return { rows: [], next: null };
    const above = last - scanIds;
    const rows = selectRows(downwards, above, last, task, ending, limit, operation, key);
    const first = rows.length === limit ? rows.at(-1)![0] : above + 1;
    return { rows, next: typeof first === "number" && first > 1 ? first : null };
  };

  return (question) => question.isLatest ? latest(question) : oldest(question);
}
