/**
 * A store that forgets at the end of the process: for the library, benches and tests.
 *
 * @module
 */
import type { ControlFact, Stamped } from "../../messages/facts.ts";
import type {
  Change,
  RecoveryPage,
  Store,
  StoreAnswers,
  StoredJob,
  StoredRecord,
  StoreQuery,
} from "../ports.ts";
import { Numbered } from "../numbered.ts";
import { bodyHash } from "./body_hash.ts";
import { type BoundedRing, boundedRing } from "./bounded_ring.ts";

/** Options of {@link memoryStore}. */
export interface MemoryStoreOptions {
  /** Ended jobs to keep; the oldest endings go first. Default 10,000. */
  readonly rowsMax?: number;
}

/** Control facts kept: the latest. */
const factsMax = 4_096;

/** Longest page that `recover` yields. */
const pageRows = 1_000;

/** Idempotency keys are honoured for 24 h. */
const keysMs = 86_400_000;

/**
 * Makes an empty memory store. It commits inside `append`: `committedLsn` has moved when `append`
 * returns. Open jobs are kept as long as they are open.
 */
export function memoryStore(options: MemoryStoreOptions = {}): Store {
  const rows = emptyRows(options.rowsMax ?? 10_000);
  let lsn = 0;
  let lastJobId = 0;
  let lastSeq = 0;
  let committed: ((lsn: number) => void) | null = null;
  return {
    kind: "memory",
    epoch: 1,
    get lastJobId() {
      return lastJobId;
    },
    get lastSeq() {
      return lastSeq;
    },
    corruptRows: 0,
    get committedLsn() {
      return lsn;
    },
    append(changes) {
      for (let i = 0; i < changes.length; i++) {
        const change = changes[i]!;
        apply(rows, change);
        if (change.type === "accepted") lastJobId = Math.max(lastJobId, change.job.id);
        else if (change.type === "fact") lastSeq = Math.max(lastSeq, change.stamped.seq);
      }
      lsn += changes.length;
      if (committed !== null) committed(lsn);
      return lsn;
    },
    onCommitted(listener) {
      committed = listener;
    },
    onFailed() {}, // Memory has no way to fail short of the process's end.
    recover: () => pages([...rows.open.values()], records(rows), new Map(rows.snapshots)),
    read: <Q extends StoreQuery>(query: Q) =>
      Promise.resolve(answer(rows, query) as StoreAnswers[Q["type"]]),
    close: () => Promise.resolve(),
  };
}

/** All that is kept. */
interface Rows {
  readonly open: Numbered<StoredJob>;
  /** Ended jobs in the order of their ends, and the same by number. */
  readonly ended: BoundedRing<StoredRecord>;
  readonly endedById: Numbered<StoredRecord>;
  readonly facts: BoundedRing<Stamped<ControlFact>>;
  readonly snapshots: Map<string, unknown>;
}

function emptyRows(endedMax: number): Rows {
  return {
    open: new Numbered(),
    ended: boundedRing(endedMax),
    endedById: new Numbered(),
    facts: boundedRing(factsMax),
    snapshots: new Map(),
  };
}

function apply({ open, ended, endedById, facts, snapshots }: Rows, change: Change): void {
  switch (change.type) {
    case "accepted":
      open.set(change.job.id, change.job);
      break;
    case "redriven":
      endedById.delete(change.job.id);
      open.set(change.job.id, change.job);
      break;
    case "ended": {
      const job = open.get(change.ended.id);
      if (job === undefined) break; // Unknown, or ended already: the first ending stands.
      open.delete(job.id);
      const record = { job, ended: change.ended };
      endedById.set(job.id, record);
      const dropped = ended.push(record);
      if (dropped && endedById.get(dropped.job.id) === dropped) endedById.delete(dropped.job.id);
      break;
    }
    case "fact":
      facts.push(change.stamped);
      break;
    case "snapshot":
      snapshots.set(change.actor, change.snapshot);
      break;
  }
}

/** All jobs in order of ids. */
function records({ open, ended, endedById }: Rows): StoredRecord[] {
  // A job that was redriven has left its earlier ending in the ring.
  const standing = ended.toArray().filter((record) => endedById.get(record.job.id) === record);
  return [...standing, ...open.values().map((job) => ({ job, ended: null }))]
    .sort((a, b) => a.job.id - b.job.id);
}

function answer(rows: Rows, query: StoreQuery): StoreAnswers[StoreQuery["type"]] {
  switch (query.type) {
    case "job": {
      const job = rows.open.get(query.id);
      if (job !== undefined) return { job, ended: null };
      return rows.endedById.get(query.id) ?? null;
    }
    case "jobs": {
      const { ending, task, after = 0, limit } = query;
      return records(rows).filter((record) =>
        record.job.id > after &&
        (task === undefined || record.job.spec.task === task) &&
        (ending === undefined || record.ended?.outcome.type === ending)
      ).slice(0, limit);
    }
    case "facts":
      return rows.facts.toArray().filter(({ seq }) => seq >= query.from).slice(0, query.limit);
  }
}

/** The recovery pages of what is kept; all of it is taken before the first page is out. */
async function* pages(
  open: readonly StoredJob[],
  records: readonly StoredRecord[],
  snapshots: ReadonlyMap<string, unknown>,
): AsyncGenerator<RecoveryPage> {
  const jobs = open.toSorted((a, b) => a.id - b.id);
  // Without a clock, the latest acceptance is the closest thing to now.
  const newest = records.reduce((at, { job }) => Math.max(at, job.acceptedAt), 0);
  const keys = records.flatMap(({ job: { id, spec, acceptedAt } }) =>
    spec.idempotencyKey === undefined || acceptedAt < newest - keysMs
      ? []
      : [{ key: spec.idempotencyKey, id, bodyHash: bodyHash(spec) }]
  );
  const kept = [...snapshots].map(([actor, snapshot]) => ({ actor, snapshot }));
  for (const page of chunks(jobs)) yield { type: "open", jobs: page };
  for (const page of chunks(keys)) yield { type: "keys", keys: page };
  for (const page of chunks(kept)) yield { type: "snapshots", snapshots: page };
}

function* chunks<T>(items: readonly T[]): Generator<readonly T[]> {
  for (let i = 0; i < items.length; i += pageRows) yield items.slice(i, i + pageRows);
}
