/**
 * A disk that outlives the service: what was committed stays, what was not is gone with a kill.
 *
 * @module
 */
import { memoryStore } from "../../actors/stores/memory.ts";
import { bodyHash } from "../../actors/stores/body_hash.ts";
import type { Change, Clock, RecoveryPage, Store, StoredJob } from "../../actors/ports.ts";
import type { Outcome } from "../../messages/outcome.ts";
import type { Weather } from "./weather.ts";
import type { Witness } from "./witness.ts";

/** A change as it comes back from a file: nothing of it is shared with what is in memory. */
interface Written {
  readonly change: Change;
  /** Of what was asked for, where it has an idempotency key. */
  readonly hash: string | null;
}

interface Batch {
  readonly lsn: number;
  readonly changes: readonly Written[];
}

/** Longest commit while all is well, and of a disk in trouble, ms. */
const commitMs = 4;
const slowMs = 300;

/** What is on the disk. */
export class Disk {
  /** How each job ended, by number. */
  readonly endings = new Map<number, Outcome>();
  /** Accepted and not ended. */
  readonly open = new Map<number, StoredJob>();
  /** Hears of each ending that is safe now. */
  ended: (job: StoredJob, outcome: Outcome) => void = () => {};
  /** Hears of each job that is taken anew. */
  redriven: (job: StoredJob) => void = () => {};
  #epoch = 0;
  readonly #hashes = new Map<number, string>();
  readonly #kept = memoryStore({ rowsMax: 1e6 });
  readonly #weather: Weather;
  readonly #witness: Witness;

  /** An empty one. */
  constructor(weather: Weather, witness: Witness) {
    this.#weather = weather;
    this.#witness = witness;
  }

  /** For the next life of the service; `clock` is its own. */
  mount(clock: Clock): Mounted {
    return new Mounted(++this.#epoch, clock, this.#kept, {
      recover: () => this.#recover(),
      commit: (batches) => this.#commit(batches),
      lastsMs: () => this.#lastsMs(),
      fails: () => this.#weather.strikes("disk"),
      kept: (count) => Math.floor(this.#weather.between("kills", 0, count + 1)),
    });
  }

  /** A job was accepted here, or is known. */
  has(id: number): boolean {
    return this.open.has(id) || this.endings.has(id);
  }

  #lastsMs(): number {
    if (!this.#weather.strikes("disk")) return commitMs;
    return this.#weather.between("disk", commitMs, slowMs);
  }

  #commit(batches: readonly Batch[]): void {
    for (const { changes } of batches) {
      for (const { change, hash } of changes) {
        if (change.type === "accepted" && hash !== null) this.#hashes.set(change.job.id, hash);
        this.#note(change);
      }
      this.#kept.append(changes.map(({ change }) => change));
    }
  }

  /** Keys are known by what was asked for, which is not what was made of it. */
  async *#recover(): AsyncGenerator<RecoveryPage> {
    for await (const page of this.#kept.recover()) {
      if (page.type !== "keys") yield page;
      else {
        const keys = page.keys.map((row) => ({ ...row, bodyHash: this.#hashes.get(row.id)! }));
        yield { type: "keys", keys };
      }
    }
  }

  #note(change: Change): void {
    if (change.type === "accepted") {
      const { id } = change.job;
      this.#witness.demand(!this.has(id), () => `RI1: job ${id} was accepted twice`);
      this.open.set(id, change.job);
    } else if (change.type === "amended" && this.open.has(change.job.id)) {
      this.open.set(change.job.id, change.job);
    } else if (change.type === "redriven") {
      this.redriven(change.job);
      this.endings.delete(change.job.id);
      this.open.set(change.job.id, change.job);
    } else if (change.type === "ended") {
      const { id, outcome } = change.ended;
      const job = this.open.get(id);
      this.open.delete(id);
      const was = this.endings.get(id)?.type ?? "never accepted";
      this.#witness.say(`stored ${id} ${outcome.type} ${outcome.code ?? ""}`);
      this.#witness.demand(!!job, () => `RI3: job ${id} ended ${outcome.type}, was ${was}`);
      this.endings.set(id, outcome);
      if (job) this.ended(job, outcome);
    }
  }
}

interface Medium {
  recover(): AsyncIterable<RecoveryPage>;
  commit(batches: readonly Batch[]): void;
  lastsMs(): number;
  fails(): boolean;
  /** How many of `count` batches under way are safe all the same at a kill. */
  kept(count: number): number;
}

/** The store of one life. */
export class Mounted implements Store {
  readonly kind = "disk";
  readonly isDurable = true;
  readonly lastJobId: number;
  readonly lastSeq: number;
  readonly corruptRows = 0;
  committedLsn = 0;
  readonly recover: Store["recover"];
  readonly read: Store["read"];
  #lsn = 0;
  #pending: Batch[] = [];
  #isBusy = false;
  #isGone = false;
  #committed: (lsn: number) => void = () => {};
  #failed: (lsn: number, because: string) => void = () => {};
  readonly #clock: Clock;
  readonly #medium: Medium;

  /** For the start with this number. */
  constructor(readonly epoch: number, clock: Clock, kept: Store, medium: Medium) {
    this.#clock = clock;
    this.#medium = medium;
    ({ lastJobId: this.lastJobId, lastSeq: this.lastSeq } = kept);
    this.recover = () => medium.recover();
    this.read = (query) => kept.read(query);
  }

  append(changes: readonly Change[]): number {
    if (this.#isGone) return 0;
    this.#lsn += changes.length;
    this.#pending.push({ lsn: this.#lsn, changes: changes.map(written) });
    this.#begin();
    return this.#lsn;
  }

  onCommitted(listener: (lsn: number) => void): void {
    this.#committed = listener;
  }

  onFailed(listener: (lsn: number, because: string) => void): void {
    this.#failed = listener;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** The service is gone: some of what was under way may be safe, in its order. */
  kill(): void {
    this.#isGone = true;
    this.#medium.commit(this.#pending.slice(0, this.#medium.kept(this.#pending.length)));
    this.#pending = [];
  }

  #begin(): void {
    if (this.#isBusy || this.#pending.length === 0) return;
    this.#isBusy = true;
    this.#clock.at(this.#clock.nowMs() + this.#medium.lastsMs(), () => this.#end());
  }

  /** All that has come by now is safe at once, or lost at once. */
  #end(): void {
    this.#isBusy = false;
    const batches = this.#pending;
    const { lsn } = batches.at(-1)!;
    this.#pending = [];
    if (this.#medium.fails()) this.#failed(lsn, "database or disk is full");
    else {
      this.#medium.commit(batches);
      this.committedLsn = lsn;
      this.#committed(lsn);
    }
    this.#begin();
  }
}

function written(change: Change): Written {
  switch (change.type) {
    case "accepted":
    case "amended":
    case "redriven": {
      const { id, acceptedAt, spec } = change.job;
      const hash = spec.idempotencyKey === undefined ? null : bodyHash(spec);
      return { change: { type: change.type, job: { id, acceptedAt, spec: copy(spec) } }, hash };
    }
    default:
      return { change: copy(change), hash: null };
  }
}

const copy = <T>(value: T): T => JSON.parse(JSON.stringify(value));
