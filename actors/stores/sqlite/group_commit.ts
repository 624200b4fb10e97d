/**
 * Changes gather while a commit is under way and leave together as the next one; where there are
 * many, half of them leave before, so that the thread has the next commit at hand when one is done.
 *
 * @module
 */
import { setImmediate } from "node:timers";
import type { Change, Store } from "../../ports.ts";
import { emptyBatch, pack } from "./batch.ts";
import type { Batch } from "./protocol.ts";

/** Batches under way at most. */
const underWayMax = 2;
/** Changes that may be many: fewer are not worth a commit of their own. */
const manyLeast = 16;
/** Nor are those that have gathered in a smaller share of the time that a commit takes. */
const gatheredLeast = 1 / 4;
/** Weight of the last commit in the mean of what they take. */
const weight = .2;

/** The writing half of a store, and what it hears of its commits. */
export class GroupCommit
  implements Pick<Store, "append" | "committedLsn" | "onCommitted" | "onFailed"> {
  committedLsn = 0;
  #batch = emptyBatch();
  #lsn = 0;
  #sentLsn = 0;
  #settledLsn = 0;
  #armed = false;
  /** Of each batch under way the last change. */
  readonly #underWay: number[] = [];
  /** Changes that were under way at once of late; half of them are many. */
  #flow = 0;
  /** What a commit takes. */
  #commitMs = 0;
  /** Since when the first one under way is being written, or nothing is. */
  #sinceMs = -Infinity;
  #ended: string | null = null;
  #drained: PromiseWithResolvers<void> | null = null;
  #committed: (lsn: number) => void = () => {};
  #failed: (lsn: number, because: string) => void = () => {};
  readonly #send: (lsn: number, batch: Batch) => void;
  readonly #nowMs: () => number;

  /** Gathers for `send`, which has at most two batches under way and ends them in their order. */
  constructor(
    send: (lsn: number, batch: Batch) => void,
    nowMs: () => number = () => performance.now(),
  ) {
    this.#send = send;
    this.#nowMs = nowMs;
  }

  append(changes: readonly Change[]): number {
    for (let i = 0; i < changes.length; i++) pack(this.#batch, changes[i]!);
    this.#lsn += changes.length;
    if (this.#isWorthIt) this.#flush();
    else this.#flushSoon();
    return this.#lsn;
  }

  onCommitted(listener: (lsn: number) => void): void {
    this.#committed = listener;
  }

  onFailed(listener: (lsn: number, because: string) => void): void {
    this.#failed = listener;
  }

  /** The first commit under way is safe. */
  committed(lsn: number): void {
    const atMs = this.#nowMs();
    this.committedLsn = lsn;
    this.#committed(lsn);
    this.#settled(atMs);
  }

  /** The first commit under way has changed nothing. */
  lost(lsn: number, because: string): void {
    const atMs = this.#nowMs();
    this.#failed(lsn, because);
    this.#settled(atMs);
  }

  /** There is nothing to write to any more; what is appended from now on is lost. */
  end(because: string): void {
    this.#ended = because;
    while (this.#underWay.length > 0) this.lost(this.#underWay[0]!, because);
  }

  /** Resolves when all that was appended is committed or lost. */
  drained(): Promise<void> {
    if (this.#settledLsn === this.#lsn) return Promise.resolve();
    return (this.#drained ??= Promise.withResolvers()).promise;
  }

  /** What has gathered is many, and has kept us so long that the thread should not wait for more. */
  get #isWorthIt(): boolean {
    return this.#lsn - this.#sentLsn >= Math.max(manyLeast, this.#flow / 2) &&
      this.#underWay.length < underWayMax &&
      this.#nowMs() - this.#sinceMs >= gatheredLeast * this.#commitMs;
  }

  /** Not before the end of the tick, so that one transaction carries what all append in it. */
  #flushSoon(): void {
    if (this.#armed || this.#underWay.length > 0 || this.#sentLsn === this.#lsn) return;
    this.#armed = true;
    setImmediate(() => {
      this.#armed = false;
      if (this.#underWay.length === 0) this.#flush();
    });
  }

  #flush(): void {
    const lsn = this.#lsn;
    if (this.#sentLsn === lsn) return;
    const batch = this.#batch;
    this.#batch = emptyBatch();
    this.#flow = Math.max(lsn - this.#settledLsn, .9 * this.#flow);
    this.#sentLsn = lsn;
    if (this.#underWay.length === 0) this.#sinceMs = this.#nowMs();
    this.#underWay.push(lsn);
    if (this.#ended === null) this.#send(lsn, batch);
    else this.lost(lsn, this.#ended);
  }

  #settled(atMs: number): void {
    this.#commitMs += weight * (atMs - this.#sinceMs - this.#commitMs);
    this.#sinceMs = atMs;
    this.#settledLsn = this.#underWay.shift()!;
    this.#flushSoon();
    if (this.#settledLsn !== this.#lsn) return;
    this.#drained?.resolve();
    this.#drained = null;
  }
}
