/**
 * A store whose commits and failures are in the test's hand.
 *
 * @module
 */
import type { Change, Store } from "../actors/ports.ts";

/** Changes and what became of them. */
export class StoreStub implements Store {
  readonly kind = "stub";
  readonly isDurable = true;
  readonly epoch = 1;
  readonly lastSeq = 0;
  readonly corruptRows = 0;
  lastJobId = 0;
  committedLsn = 0;
  /** What was appended and neither committed nor lost, oldest first. */
  pending: { readonly lsn: number; readonly changes: readonly Change[] }[] = [];
  /** What is safe. */
  readonly safe: Change[] = [];
  #lsn = 0;
  #committed: (lsn: number) => void = () => {};
  #failed: (lsn: number, because: string) => void = () => {};

  append(changes: readonly Change[]): number {
    this.#lsn += changes.length;
    this.pending.push({ lsn: this.#lsn, changes: [...changes] });
    return this.#lsn;
  }

  onCommitted(listener: (lsn: number) => void): void {
    this.#committed = listener;
  }

  onFailed(listener: (lsn: number, because: string) => void): void {
    this.#failed = listener;
  }

  /** Commits the oldest `count` batches, by default all. */
  commit(count = this.pending.length): void {
    for (const { lsn, changes } of this.pending.splice(0, count)) {
      this.safe.push(...changes);
      this.committedLsn = lsn;
    }
    this.#committed(this.committedLsn);
  }

  /** Loses all that is not committed. */
  fail(because = "disk full"): void {
    this.pending = [];
    this.#failed(this.#lsn, because);
  }

  /** Numbers of the jobs that were safely accepted, or ended. */
  ids(type: "accepted" | "ended"): number[] {
    return this.safe.flatMap((change) =>
      change.type === "accepted" && type === "accepted"
        ? change.job.id
        : change.type === "ended" && type === "ended"
        ? change.ended.id
        : []
    );
  }

  async *recover(): AsyncGenerator<never> {}

  read(): Promise<never> {
    return Promise.reject(new Error("not asked for"));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
