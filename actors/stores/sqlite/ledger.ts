/**
 * The open database as the thread uses it: counters, writes, and what becomes of damaged rows.
 *
 * @module
 */
import type { DatabaseSync } from "node:sqlite";
import { facts } from "./facts.ts";
import { amendedRow, jobs } from "./jobs.ts";
import { type MetaName, readMeta, writeMeta } from "./meta.ts";
import { outcomes } from "./outcomes.ts";
import type { Batch } from "./protocol.ts";
import { setAside } from "./quarantine.ts";
import { forget, schedules } from "./schedules.ts";
import { forgetSlots, slots } from "./slots.ts";
import { snapshots } from "./snapshots.ts";
import { steps } from "./steps.ts";
import { inserter, isSound, type Row, selectRows, type Table } from "./table.ts";
import { transaction } from "./transaction.ts";
import { tries } from "./tries.ts";

/** An open database with its counters. */
export interface Ledger {
  readonly db: DatabaseSync;
  readonly epoch: number;
  readonly lastJobId: number;
  readonly lastSeq: number;
  /** Stores all of a batch or nothing. */
  write(batch: Batch): void;
  /** Moves damaged rows to the quarantine; returns how many have left their table. */
  setAside(table: Table, rows: readonly Row[]): number;
  /** Makes the counters independent of the rows. Run it in the transaction that deletes rows. */
  keepCounters(): void;
}

/** Reads the counters, begins a new epoch and commits it. `damaged` hears of each set-aside. */
export function openLedger(
  db: DatabaseSync,
  wallMs: () => number,
  damaged: (rows: number) => void,
): Ledger {
  const write = writer(db, wallMs);
  let epoch = 0;
  let lastJobId = 0;
  let lastSeq = 0;
  const ledger: Ledger = {
    db,
    get epoch() {
      return epoch;
    },
    get lastJobId() {
      return lastJobId;
    },
    get lastSeq() {
      return lastSeq;
    },
    write(batch) {
      write(batch);
      lastJobId = highest(batch.jobs, jobs.width, lastJobId);
      lastSeq = highest(batch.facts, facts.width, lastSeq);
    },
    setAside(table, rows) {
      if (rows.length === 0) return 0;
      const gone = transaction(db, () => {
        ledger.keepCounters();
        return rows.filter((row) => setAside(db, table, row, wallMs())).length;
      });
      damaged(rows.length);
      return gone;
    },
    keepCounters() {
      writeMeta(db, "lastJobId", lastJobId);
      writeMeta(db, "lastSeq", lastSeq);
    },
  };
  const meta = (name: MetaName, ifDamaged: number): number => {
    const value = readMeta(db, name);
    if (value !== "damaged") return value ?? 0;
    damaged(1);
    return ifDamaged;
  };
  // Seconds since 1970 are more than any count of starts, so no epoch is used twice.
  epoch = meta("epoch", Math.floor(wallMs() / 1000)) + 1;
  lastJobId = meta("lastJobId", 0);
  lastSeq = meta("lastSeq", 0);
  lastJobId = Math.max(lastJobId, lastKey(ledger, jobs), lastKey(ledger, outcomes));
  lastSeq = Math.max(lastSeq, lastKey(ledger, facts));
  transaction(db, () => {
    writeMeta(db, "epoch", epoch);
    ledger.keepCounters();
  });
  return ledger;
}

function writer(db: DatabaseSync, wallMs: () => number): (batch: Batch) => void {
  const insertJob = inserter(db, jobs);
  const replaceJob = inserter(db, jobs, "replace");
  const forgetOutcome = db.prepare("delete from outcomes where id = ?");
  const insertOutcome = inserter(db, outcomes, "ignore");
  const insertFact = inserter(db, facts, "replace");
  const insertSnapshot = inserter(db, snapshots, "replace");
  const insertSchedule = inserter(db, schedules, "replace");
  const forgetSchedules = db.prepare(forget);
  const insertSlot = inserter(db, slots, "replace");
  const forgetOld = db.prepare(forgetSlots);
  const insertStep = inserter(db, steps);
  const insertTries = inserter(db, tries, "replace");
  const oneJob = db.prepare("select * from jobs where id = ?");
  const amend = (cells: Batch["amended"]) => {
    for (let at = 0; at < cells.length; at += 2) {
      const [row] = selectRows(oneJob, cells[at]!);
      // A damaged row is left to those who read it.
      if (row && isSound(row)) replaceJob(amendedRow(row, cells[at + 1]!));
    }
  };
  return (batch) =>
    transaction(db, () => {
      insertJob(batch.jobs);
      amend(batch.amended);
      replaceJob(batch.redriven);
      for (let at = 0; at < batch.redriven.length; at += jobs.width) {
        forgetOutcome.run(batch.redriven[at]!);
      }
      insertOutcome(batch.outcomes);
      insertFact(batch.facts);
      insertSnapshot(batch.snapshots);
      insertStep(batch.steps);
      insertTries(batch.tries);
      if (batch.slots.length > 0) {
        insertSlot(batch.slots);
        forgetOld.run(wallMs());
      }
      if (batch.schedules.length === 0) return;
      insertSchedule(batch.schedules);
      forgetSchedules.run();
    });
}

/** The highest key of flat cells, at least `atLeast`. */
function highest(cells: Batch["jobs"], width: number, atLeast: number): number {
  let key = atLeast;
  for (let at = 0; at < cells.length; at += width) {
    if (cells[at] as number > key) key = cells[at] as number;
  }
  return key;
}

/**
 * The highest key of a table, 0 when it is empty. Damaged rows at the end count as one key each,
 * since theirs can't be believed and must not be given away again.
 */
function lastKey(ledger: Ledger, table: Table): number {
  const select = ledger.db.prepare(
    `select * from ${table.name} order by ${table.key} desc limit 1`,
  );
  for (let damaged = 0;; damaged++) {
    const [row] = selectRows(select);
    if (row === undefined) return damaged;
    if (isSound(row)) return row[0] as number + damaged;
    if (ledger.setAside(table, [row]) === 0) throw new Error(`${table.name} is out of order`);
  }
}
