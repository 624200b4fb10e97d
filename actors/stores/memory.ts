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
  StoredSchedule,
  StoredSlot,
  StoredTries,
  StoreQuery,
  WorkflowRow,
} from "../ports.ts";
import { isWanted } from "../is_wanted.ts";
import { Numbered } from "../numbered.ts";
import { bodyHash, keyMs } from "./body_hash.ts";
import { type BoundedRing, boundedRing } from "./bounded_ring.ts";

/** Options of {@link memoryStore}. */
export interface MemoryStoreOptions {
  /** Ended jobs to keep; the oldest endings go first. Default 10,000. */
  readonly rowsMax?: number;
}

/** Control facts kept: the latest. */
const factsMax = 4_096;

/** Slots of time kept: those written last, which is some hours. */
const slotsMax = 4_096;

/** Longest page that `recover` yields. */
const pageRows = 1_000;

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
    isDurable: false,
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
    recover: () => pages(rows),
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
  /** What was asked for at first under the key of a job whose spec is another one by now. */
  readonly hashes: WeakMap<StoredJob, string>;
  readonly facts: BoundedRing<Stamped<ControlFact>>;
  readonly snapshots: Map<string, unknown>;
  readonly schedules: Map<string, StoredSchedule>;
  /** Of open jobs. */
  readonly tries: Map<number, StoredTries>;
  /** In the order in which they were written last. */
  readonly slots: Map<string, StoredSlot>;
}

function emptyRows(endedMax: number): Rows {
  return {
    open: new Numbered(),
    ended: boundedRing(endedMax),
    endedById: new Numbered(),
    hashes: new WeakMap(),
    facts: boundedRing(factsMax),
    snapshots: new Map(),
    schedules: new Map(),
    tries: new Map(),
    slots: new Map(),
  };
}

function apply(rows: Rows, change: Change): void {
  const { open, ended, endedById, facts, snapshots, schedules, slots, tries } = rows;
  switch (change.type) {
    case "accepted":
      open.set(change.job.id, change.job);
      break;
    case "amended": {
      const before = open.get(change.job.id);
      if (before === undefined) break;
      keepHash(rows, before, change.job);
      open.set(change.job.id, change.job);
      break;
    }
    case "redriven":
      keepHash(rows, endedById.get(change.job.id)?.job, change.job);
      endedById.delete(change.job.id);
      open.set(change.job.id, change.job);
      break;
    case "tried":
      if (open.get(change.id)) tries.set(change.id, change.tries);
      break;
    case "ended": {
      const job = open.get(change.ended.id);
      if (job === undefined) break; // Unknown, or ended already: the first ending stands.
      open.delete(job.id);
      if (tries.size > 0) tries.delete(job.id);
      const record = { job, ended: change.ended };
      endedById.set(job.id, record);
      const dropped = ended.push(record);
      if (dropped && endedById.get(dropped.job.id) === dropped) endedById.delete(dropped.job.id);
      break;
    }
    case "fact":
      facts.push(change.stamped);
      break;
    case "schedule":
      if (change.schedule) schedules.set(change.name, change.schedule);
      else schedules.delete(change.name);
      break;
    case "slot":
      slots.delete(change.slot.key);
      slots.set(change.slot.key, change.slot);
      if (slots.size > slotsMax) slots.delete(slots.keys().next().value!);
      break;
    case "snapshot":
      snapshots.set(change.actor, change.snapshot);
      break;
  }
}

/** Its key stands for what was accepted, whatever becomes of the job. */
function keepHash({ hashes }: Rows, before: StoredJob | undefined, job: StoredJob): void {
  if (before?.spec.idempotencyKey === undefined) return;
  hashes.set(job, hashes.get(before) ?? bodyHash(before.spec));
}

/** Jobs with ids above `after`, in order. */
function* inOrder({ open, endedById }: Rows, after: number): Generator<StoredRecord> {
  const ended = endedById.after(after);
  let record = ended.next().value;
  for (const job of open.after(after)) {
    for (; record && record.job.id < job.id; record = ended.next().value) yield record;
    yield { job, ended: null };
  }
  for (; record; record = ended.next().value) yield record;
}

/** Jobs with ids below `before`, the latest first. */
function* inReverse({ open, endedById }: Rows, before: number): Generator<StoredRecord> {
  const ended = endedById.before(before);
  let record = ended.next().value;
  for (const job of open.before(before)) {
    for (; record && record.job.id > job.id; record = ended.next().value) yield record;
    yield { job, ended: null };
  }
  for (; record; record = ended.next().value) yield record;
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
      const { ending, isLatest, after = isLatest ? Infinity : 0, limit } = query;
      return (isLatest ? inReverse : inOrder)(rows, after).filter(({ job, ended }) =>
        (ending === undefined || ended?.outcome.type === ending) && isWanted(job.spec, query)
      ).take(limit).toArray();
    }
    case "steps": {
      const { executionId, after = 0, limit } = query;
      return records(rows).filter(({ job: { id, spec } }) =>
        id > after && spec.executionId === executionId
      ).slice(0, limit);
    }
    case "workflows":
      return workflowsOf(records(rows), query);
    case "slots": {
      const { after, before, limit, latest } = query;
      const found = [...rows.slots.values()].filter(({ key }) => key > after && key < before)
        .sort((one, other) => one.key < other.key ? -1 : 1);
      return latest ? found.slice(-limit) : found.slice(0, limit);
    }
    case "facts":
      return rows.facts.toArray().filter(({ seq }) => seq >= query.from).slice(0, query.limit);
  }
}

const isFine = (ended: StoredRecord["ended"]) =>
  ended?.outcome.type === "done" || ended?.outcome.code === "skipped";

/** Counted, the one with the latest job first. */
function workflowsOf(
  records: readonly StoredRecord[],
  { before = Infinity, limit }: Extract<StoreQuery, { type: "workflows" }>,
): readonly WorkflowRow[] {
  const counted = new Map<string, WorkflowRow>();
  for (const { job: { id, spec: { executionId } }, ended } of records) {
    if (executionId === undefined) continue;
    const row = counted.get(executionId) ??
      { executionId, jobs: 0, open: 0, done: 0, firstId: id, lastId: id };
    counted.set(executionId, {
      ...row,
      jobs: row.jobs + 1,
      open: row.open + (ended ? 0 : 1),
      done: row.done + (isFine(ended) ? 1 : 0),
      lastId: id,
    });
  }
  return [...counted.values()].filter(({ lastId }) => lastId < before)
    .sort((a, b) => b.lastId - a.lastId).slice(0, limit);
}

/** The recovery pages of what is kept; all of it is taken before the first page is out. */
async function* pages(rows: Rows): AsyncGenerator<RecoveryPage> {
  const all = records(rows);
  const schedules = [...rows.schedules.values()];
  const snapshots = [...rows.snapshots];
  const jobs = [...rows.open.values()].sort((a, b) => a.id - b.id);
  // Without a clock, the latest acceptance is the closest thing to now.
  const newest = all.reduce((at, { job }) => Math.max(at, job.acceptedAt), 0);
  const keys = all.flatMap(({ job }) => {
    const { id, spec, acceptedAt } = job;
    const { idempotencyKey: key } = spec;
    if (key === undefined || acceptedAt < newest - keyMs(spec)) return [];
    const hash = rows.hashes.get(job) ?? bodyHash(spec);
    return [{ key, id, bodyHash: hash, untilAt: acceptedAt + keyMs(spec) }];
  });
  const tries = [...rows.tries].map(([id, tries]) => ({ id, tries }));
  const kept = snapshots.map(([actor, snapshot]) => ({ actor, snapshot }));
  for (const page of chunks(tries)) yield { type: "tries", tries: page };
  for (const page of chunks(jobs)) yield { type: "open", jobs: page };
  for (const page of chunks(keys)) yield { type: "keys", keys: page };
  for (const page of chunks(schedules)) yield { type: "schedules", schedules: page };
  for (const page of chunks(kept)) yield { type: "snapshots", snapshots: page };
}

function* chunks<T>(items: readonly T[]): Generator<readonly T[]> {
  for (let i = 0; i < items.length; i += pageRows) yield items.slice(i, i + pageRows);
}
