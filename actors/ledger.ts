/**
 * Between the queue and the store: gathers the changes of a turn, and tells when they are safe.
 *
 * @module
 */
import type { Outcome } from "../messages/outcome.ts";
import type { Job } from "./job.ts";
import { loggedOf } from "./logs.ts";
import { poolOf } from "./pool_of.ts";
import type { Change, Clock, Store } from "./ports.ts";
import { triesOf } from "./tries.ts";

/** What happens when changes are safe, or can't be. */
export interface LedgerListener {
  accepted(jobs: readonly Job[]): void;
  /** Could not be stored: as if they had never been asked for. */
  lost(jobs: readonly Job[], because: string): void;
  ended(job: Job): void;
}

interface Batch {
  lsn: number;
  readonly changes: Change[];
  readonly accepted: Job[];
  readonly tried: Job[];
  readonly ended: Job[];
  readonly then: (() => void)[];
  readonly otherwise: ((because: string) => void)[];
}

const emptyBatch = (): Batch => ({
  lsn: 0,
  changes: [],
  accepted: [],
  tried: [],
  ended: [],
  then: [],
  otherwise: [],
});

/** Accepted jobs after which the store may begin to write, though more come in the same turn. */
const manyLeast = 32;

/** Wait before endings and attempts that could not be stored are tried again, ms. */
const againMs = 1_000;

/** Gathers changes into one batch a turn. */
export class Ledger {
  /** Epoch ms: what was accepted before is of an earlier start. */
  readonly startedAt: number;
  /** Endings that are not safe yet, by pool. */
  readonly #ending = new Map<string, number>();
  #batch = emptyBatch();
  #pending: Batch[] = [];
  #armed = false;
  #closed = false;
  readonly #disarms = new Set<() => void>();
  readonly #eager: boolean;
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #listener: LedgerListener;

  /** Writes to `store`. A store in memory can't fail and is not waited for. */
  constructor(store: Store, clock: Clock, listener: LedgerListener) {
    this.startedAt = clock.wallMs();
    this.#store = store;
    this.#clock = clock;
    this.#listener = listener;
    this.#eager = !store.isDurable;
    store.onCommitted((lsn) => this.#committed(lsn));
    store.onFailed((lsn, because) => this.#failed(lsn, because));
  }

  /** Endings of jobs of a pool that are not safe yet. */
  ending(pool: string): number {
    return this.#ending.get(pool) ?? 0;
  }

  /** Notes accepted or redriven jobs; `then` when they are safe, `otherwise` when they can't be. */
  accept(
    jobs: readonly Job[],
    then?: () => void,
    otherwise?: (because: string) => void,
    type: "accepted" | "redriven" = "accepted",
  ): void {
    for (const job of jobs) this.#batch.changes.push({ type, job });
    if (this.#eager) {
      this.#arm();
      this.#listener.accepted(jobs);
      then?.();
      return;
    }
    for (const job of jobs) this.#batch.accepted.push(job);
    if (then) this.#batch.then.push(then);
    if (otherwise) this.#batch.otherwise.push(otherwise);
    if (this.#batch.accepted.length >= manyLeast) this.flush();
    else this.#arm();
  }

  /** Notes another spec of an open job; `then` when it is safe, `otherwise` when it can't be. */
  amend(job: Job, then: () => void, otherwise: (because: string) => void): void {
    this.#batch.changes.push({ type: "amended", job });
    this.#arm();
    if (this.#eager) return then();
    this.#batch.then.push(then);
    this.#batch.otherwise.push(otherwise);
  }

  /** Notes how far the attempts of an open job have come; `then` when that is safe. */
  tried(job: Job, then?: () => void): void {
    this.#note(job);
    this.#arm();
    if (this.#eager) return then?.();
    this.#batch.tried.push(job);
    if (then) this.#batch.then.push(then);
  }

  /** Calls `then` when all that was noted is safe, `otherwise` when some of it can't be. */
  safe(then: () => void, otherwise: (because: string) => void): void {
    const isGathered = this.#batch.changes.length > 0;
    const batch = isGathered ? this.#batch : this.#pending.at(-1);
    if (this.#eager || !batch) return then();
    if (isGathered && this.#closed) return otherwise("the service has stopped");
    batch.then.push(then);
    batch.otherwise.push(otherwise);
  }

  /** Notes an ending. */
  end(job: Job, outcome: Outcome): void {
    const log = loggedOf(job, outcome);
    this.#batch.changes.push({
      type: "ended",
      ended: { id: job.id, endedAt: this.#clock.wallMs(), outcome, ...(log && { log }) },
    });
    this.#arm();
    if (this.#eager) this.#listener.ended(job);
    else {
      this.#batch.ended.push(job);
      this.#count(job, 1);
    }
  }

  /** Hands what was gathered to the store. */
  flush(): void {
    this.#armed = false;
    const batch = this.#batch;
    if (batch.changes.length === 0 || this.#closed) return;
    this.#batch = emptyBatch();
    batch.lsn = this.#store.append(batch.changes);
    if (this.#eager) return;
    if (this.#store.committedLsn >= batch.lsn) this.#settle(batch);
    else this.#pending.push(batch);
  }

  /** Writes the last batch; from now on only those are told who wait to know that they are safe. */
  close(): void {
    this.flush();
    this.#closed = true;
    for (const disarm of this.#disarms) disarm();
  }

  #note(job: Job): void {
    this.#batch.changes.push({ type: "tried", id: job.id, tries: triesOf(job, this.#clock) });
  }

  #count({ operation: { grant } }: Job, more: 1 | -1): void {
    const pool = poolOf(grant);
    this.#ending.set(pool, this.ending(pool) + more);
  }

  #arm(): void {
    if (this.#armed) return;
    this.#armed = true;
    queueMicrotask(() => this.flush());
  }

  #committed(lsn: number): void {
    while (this.#pending.length > 0 && this.#pending[0]!.lsn <= lsn) {
      this.#settle(this.#pending.shift()!);
    }
  }

  #settle(batch: Batch): void {
    if (batch.accepted.length > 0 && !this.#closed) this.#listener.accepted(batch.accepted);
    for (const then of batch.then) then();
    if (this.#closed) return;
    for (const job of batch.ended) {
      this.#count(job, -1);
      this.#listener.ended(job);
    }
  }

  #failed(lsn: number, because: string): void {
    while (this.#pending.length > 0 && this.#pending[0]!.lsn <= lsn) {
      const batch = this.#pending.shift()!;
      if (!this.#closed) this.#listener.lost(batch.accepted, because);
      for (const otherwise of batch.otherwise) otherwise(because);
      if (batch.ended.length + batch.tried.length === 0 || this.#closed) continue;
      // The work is done and must not be done again: its record is tried until it is stored.
      const disarm = this.#clock.at(this.#clock.nowMs() + againMs, () => {
        this.#disarms.delete(disarm);
        const ids = new Set(batch.ended.map(({ id }) => id));
        this.#batch.changes.push(
          ...batch.changes.filter((change) => change.type === "ended" && ids.has(change.ended.id)),
        );
        this.#batch.ended.push(...batch.ended);
        for (const job of batch.tried) if (job.outcome === null) this.tried(job);
        this.#arm();
      });
      this.#disarms.add(disarm);
    }
  }
}
