/**
 * Housekeeping in quiet moments: ended jobs past their retention go, and every row of what is kept
 * is checked, a few hundred at a time.
 *
 * @module
 */
import { isSoundJob } from "./answer.ts";
import { jobs } from "./jobs.ts";
import type { Ledger } from "./ledger.ts";
import { endingAt, outcomes } from "./outcomes.ts";
import type { Retention } from "./protocol.ts";
import { steps } from "./steps.ts";
import { type Cell, selectRows } from "./table.ts";
import { transaction } from "./transaction.ts";
import { tries } from "./tries.ts";

/** Rows of one step: about 2 ms of the thread. */
const stepRows = 500;

/** A broom. */
export interface Sweep {
  /** Takes note of endings that were stored. */
  ended(cells: readonly Cell[]): void;
  /** Takes note of jobs that had ended and are open again. */
  redriven(rows: number): void;
  /** More ended jobs are stored than are to be kept. */
  readonly over: boolean;
  /** So many more that commits have to wait for a step now and then. */
  readonly farOver: boolean;
  /** Deletes the oldest of what is too much. */
  trim(): void;
  /** Goes on with the walk over all ended jobs; true when its end was reached. */
  walk(): boolean;
}

/** One kind of ending and how its rows are kept. */
interface Kind {
  readonly done: 1 | 0;
  readonly ageMs: number;
  /** Rows stored; endings that were stored before are counted twice until `trim` finds out. */
  rows: number;
  /** No row of this kind that is to go has an id up to this. */
  trimmedTo: number;
}

/** Counts what is stored. */
export function sweep(ledger: Ledger, retention: Retention, wallMs: () => number): Sweep {
  const { rowsMax, doneMs, othersMs } = retention;
  const { db } = ledger;
  const count = db.prepare("select count(*) from outcomes where (ending = 'done') = ?");
  const oldest = db.prepare(`
    select id from outcomes where id > ? and (ending = 'done') = ? order by id limit ?`);
  const walked = db.prepare(`
    select jobs.*, outcomes.* from outcomes left join jobs on jobs.id = outcomes.id
    where outcomes.id > ? order by outcomes.id limit ${stepRows}`);
  // Not by their numbers: each start of the service begins with one far above those of the last.
  const forgetFacts = db.prepare(`
    delete from facts where seq <= (select seq from facts order by seq desc limit 1 offset ?)`);

  const remove = removal(ledger);
  const stored = (done: 1 | 0) => selectRows(count, done)[0]![0] as number;
  const kind = (done: 1 | 0, ageMs: number): Kind => (
    { done, ageMs, rows: stored(done), trimmedTo: 0 }
  );
  const done = kind(1, doneMs);
  const others = kind(0, othersMs);
  const kindOf = (ending: unknown) => ending === "done" ? done : others;
  const most = () => Math.max(done.rows, others.rows);
  let walkedTo = 0;

  const trim = (kind: Kind): void => {
    const surplus = Math.min(kind.rows - rowsMax, stepRows);
    if (surplus <= 0) return;
    const ids = selectRows(oldest, kind.trimmedTo, kind.done, surplus).map(([id]) => id as number);
    remove(ids);
    kind.rows -= ids.length;
    if (ids.length === 0 && kind.trimmedTo === 0) kind.rows = stored(kind.done);
    // Long jobs end behind the point reached, so it goes back when nothing is left after it.
    kind.trimmedTo = ids.at(-1) ?? 0;
  };

  return {
    ended(cells) {
      for (let at = endingAt; at < cells.length; at += outcomes.width) kindOf(cells[at]).rows++;
    },
    redriven(rows) {
      others.rows -= rows; // None of them was done.
    },
    get over() {
      return most() > rowsMax;
    },
    get farOver() {
      return most() > rowsMax * 1.25;
    },
    trim() {
      trim(done);
      trim(others);
    },
    walk() {
      const rows = selectRows(walked, walkedTo);
      const sound = rows.filter((row) => isSoundJob(ledger, row))
        .map((row) => row.slice(jobs.width + 1) as [number, number, string]);
      const old = sound.filter(([, endedAt, ending]) => wallMs() - endedAt > kindOf(ending).ageMs);
      remove(old.map(([id]) => id));
      for (const [, , ending] of old) kindOf(ending).rows--;
      // A damaged key says nothing about where to go on, so a page without a sound row is the end.
      walkedTo = rows.length === stepRows ? sound.at(-1)?.[0] ?? 0 : 0;
      if (walkedTo === 0) forgetFacts.run(rowsMax);
      return walkedTo === 0;
    },
  };
}

/** The way to remove jobs with their outcomes. */
function removal(ledger: Ledger): (ids: readonly number[]) => void {
  const statements = [outcomes, jobs, steps, tries].map(({ name }) =>
    ledger.db.prepare(`delete from ${name} where id in (select value from json_each(?))`)
  );
  return (ids) => {
    if (ids.length === 0) return;
    transaction(ledger.db, () => {
      ledger.keepCounters();
      for (const statement of statements) statement.run(JSON.stringify(ids));
    });
  };
}
