/**
 * Changes gather while a commit is under way and leave together as the next one.
 *
 * @module
 */
import { setImmediate } from "node:timers";
import type { Change, Store } from "../../ports.ts";
import { packFact } from "./facts.ts";
import { packJob } from "./jobs.ts";
import { packOutcome } from "./outcomes.ts";
import type { Batch } from "./protocol.ts";
import { packSchedule } from "./schedules.ts";
import { packSlot } from "./slots.ts";
import { packSnapshot } from "./snapshots.ts";
import { packStep } from "./steps.ts";

/** The writing half of a store, and what it hears of its commits. */
export interface GroupCommit
  extends Pick<Store, "append" | "committedLsn" | "onCommitted" | "onFailed"> {
  /** The commit under way is safe. */
  committed(lsn: number): void;
  /** The commit under way has changed nothing. */
  lost(lsn: number, because: string): void;
  /** There is nothing to write to any more; what is appended from now on is lost. */
  end(because: string): void;
  /** Resolves when all that was appended is committed or lost. */
  drained(): Promise<void>;
}

/** Gathers for `send`, which has one batch under way at a time. */
export function groupCommit(send: (lsn: number, batch: Batch) => void): GroupCommit {
  let batch = emptyBatch();
  let lsn = 0;
  let sentLsn = 0;
  let committedLsn = 0;
  let flushing = false;
  let underWay = false;
  let ended: string | null = null;
  let drained: PromiseWithResolvers<void> | null = null;
  let committed: (lsn: number) => void = () => {};
  let failed: (lsn: number, because: string) => void = () => {};

  const flush = (): void => {
    flushing = false;
    const full = batch;
    batch = emptyBatch();
    sentLsn = lsn;
    underWay = true;
    if (ended === null) send(lsn, full);
    else lost(lsn, ended);
  };

  /** Not before the end of the tick, so that one transaction carries what all append in it. */
  const flushSoon = (): void => {
    if (flushing || underWay || sentLsn === lsn) return;
    flushing = true;
    setImmediate(flush);
  };

  const settled = (): void => {
    underWay = false;
    flushSoon();
    if (sentLsn !== lsn) return;
    drained?.resolve();
    drained = null;
  };

  const lost = (lsn: number, because: string): void => {
    failed(lsn, because);
    settled();
  };

  return {
    append(changes) {
      for (let i = 0; i < changes.length; i++) pack(batch, changes[i]!);
      lsn += changes.length;
      flushSoon();
      return lsn;
    },
    get committedLsn() {
      return committedLsn;
    },
    onCommitted: (listener) => void (committed = listener),
    onFailed: (listener) => void (failed = listener),
    committed(lsn) {
      committedLsn = lsn;
      committed(lsn);
      settled();
    },
    lost,
    end(because) {
      ended = because;
      if (underWay) lost(sentLsn, because);
    },
    drained: () =>
      sentLsn === lsn && !underWay
        ? Promise.resolve()
        : (drained ??= Promise.withResolvers()).promise,
  };
}

function emptyBatch(): Batch {
  return {
    jobs: [],
    amended: [],
    redriven: [],
    outcomes: [],
    facts: [],
    snapshots: [],
    schedules: [],
    slots: [],
    steps: [],
  };
}

function pack(batch: Batch, change: Change): void {
  switch (change.type) {
    case "accepted":
      packJob(batch.jobs, change.job);
      return packStep(batch.steps, change.job);
    case "amended":
      batch.amended.push(change.job.id, JSON.stringify(change.job.spec));
      return;
    case "redriven":
      return packJob(batch.redriven, change.job);
    case "ended":
      return packOutcome(batch.outcomes, change.ended);
    case "fact":
      return packFact(batch.facts, change.stamped);
    case "schedule":
      return packSchedule(batch.schedules, change.name, change.schedule);
    case "slot":
      return packSlot(batch.slots, change.slot);
    case "snapshot":
      return packSnapshot(batch.snapshots, change.actor, change.snapshot);
  }
}
