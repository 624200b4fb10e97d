/**
 * Changes gather while a commit is under way and leave together as the next one; where there are
 * many, half of them leave before, so that the thread has the next commit at hand when one is done.
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
  /** The first commit under way is safe. */
  committed(lsn: number): void;
  /** The first commit under way has changed nothing. */
  lost(lsn: number, because: string): void;
  /** There is nothing to write to any more; what is appended from now on is lost. */
  end(because: string): void;
  /** Resolves when all that was appended is committed or lost. */
  drained(): Promise<void>;
}

/** Batches under way at most. */
const underWayMax = 2;
/** Changes that may be many: fewer are not worth a commit of their own. */
const manyLeast = 16;
/** Nor are those that have gathered in a smaller share of the time that a commit takes. */
const gatheredLeast = 1 / 3;
/** Weight of the last commit in the mean of what they take. */
const weight = .2;

/** Gathers for `send`, which has at most two batches under way and ends them in their order. */
export function groupCommit(
  send: (lsn: number, batch: Batch) => void,
  nowMs: () => number = () => performance.now(),
): GroupCommit {
  let batch = emptyBatch();
  let lsn = 0;
  let sentLsn = 0;
  let settledLsn = 0;
  let committedLsn = 0;
  let armed = false;
  /** Of each batch under way the last change. */
  const underWay: number[] = [];
  /** Changes that were under way at once of late; half of them are many. */
  let flow = 0;
  /** What a commit takes. */
  let commitMs = 0;
  /** Since when the first one under way is being written, or nothing is. */
  let sinceMs = -Infinity;
  let ended: string | null = null;
  let drained: PromiseWithResolvers<void> | null = null;
  let committed: (lsn: number) => void = () => {};
  let failed: (lsn: number, because: string) => void = () => {};

  const flush = (): void => {
    if (sentLsn === lsn) return;
    const full = batch;
    batch = emptyBatch();
    flow = Math.max(lsn - settledLsn, .9 * flow);
    sentLsn = lsn;
    if (underWay.length === 0) sinceMs = nowMs();
    underWay.push(lsn);
    if (ended === null) send(lsn, full);
    else lost(lsn, ended);
  };

  /** What has gathered is many, and has kept us so long that the thread should not wait for more. */
  const isWorthIt = (): boolean =>
    lsn - sentLsn >= Math.max(manyLeast, flow / 2) && underWay.length < underWayMax &&
    nowMs() - sinceMs >= gatheredLeast * commitMs;

  /** Not before the end of the tick, so that one transaction carries what all append in it. */
  const flushSoon = (): void => {
    if (armed || underWay.length > 0 || sentLsn === lsn) return;
    armed = true;
    setImmediate(() => {
      armed = false;
      if (underWay.length === 0) flush();
    });
  };

  const settled = (): void => {
    const atMs = nowMs();
    commitMs += weight * (atMs - sinceMs - commitMs);
    sinceMs = atMs;
    settledLsn = underWay.shift()!;
    flushSoon();
    if (settledLsn !== lsn) return;
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
      if (isWorthIt()) flush();
      else flushSoon();
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
      while (underWay.length > 0) lost(underWay[0]!, because);
    },
    drained: () =>
      settledLsn === lsn ? Promise.resolve() : (drained ??= Promise.withResolvers()).promise,
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
