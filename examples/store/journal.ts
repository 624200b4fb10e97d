/**
 * A store of one's own: a journal of JSON lines that is read into memory at the start. It is enough for
 * some thousand jobs a day; what it leaves out for the sake of brevity is a lock, checksums, and to
 * write the journal anew when most of it is over.
 *
 * ```ts
 * import { createRuntime } from "@flyball/flyball";
 * import { journalStore } from "./journal.ts";
 *
 * await using runtime = await createRuntime({ store: await journalStore("./jobs") });
 * ```
 *
 * @module
 */
import { type Change, memoryStore, type Store } from "@flyball/flyball";
import { join } from "node:path";

/** What came at once, and the number of its last change. */
interface Batch {
  readonly lsn: number;
  readonly changes: readonly Change[];
}

/** Opens the journal in `folder`, which is made when missing. */
export async function journalStore(folder: string): Promise<Store> {
  await Deno.mkdir(folder, { recursive: true });
  const path = join(folder, "journal.jsonl");
  const rows = memoryStore({ rowsMax: 100_000 });
  const { starts, bytes } = await replay(path, rows);
  const file = await Deno.open(path, { create: true, write: true });
  await file.truncate(bytes);
  await file.seek(bytes, Deno.SeekMode.Start);
  const writer = new Writer(file, rows);
  await writer.write(JSON.stringify({ start: starts + 1 }));
  return {
    kind: "journal",
    isDurable: true,
    epoch: starts + 1,
    lastJobId: rows.lastJobId,
    lastSeq: rows.lastSeq,
    corruptRows: 0,
    get committedLsn() {
      return writer.committedLsn;
    },
    append: (changes) => writer.append(changes),
    onCommitted: (listener) => void (writer.committed = listener),
    onFailed: (listener) => void (writer.failed = listener),
    recover: () => rows.recover(),
    read: (query) => rows.read(query),
    close: () => writer.close(),
  };
}

/** Reads what is there into `rows`: whole lines, as the last one may have been cut short. */
async function replay(path: string, rows: Store) {
  const text = await Deno.readTextFile(path).catch((error) => {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  });
  const whole = text.slice(0, text.lastIndexOf("\n") + 1);
  let starts = 0;
  for (const line of whole.split("\n").slice(0, -1)) {
    const entry = JSON.parse(line) as { readonly start: number } | readonly Change[];
    if ("start" in entry) starts = entry.start;
    else rows.append(entry);
  }
  return { starts, bytes: new TextEncoder().encode(whole).length };
}

/** Writes batches one after another; those that come meanwhile go together. */
class Writer {
  committedLsn = 0;
  committed: (lsn: number) => void = () => {};
  failed: (lsn: number, because: string) => void = () => {};
  #lsn = 0;
  #waiting: Batch[] = [];
  #turn: Promise<void> = Promise.resolve();
  #closed: Promise<void> | null = null;
  readonly #file: Deno.FsFile;
  readonly #rows: Store;

  constructor(file: Deno.FsFile, rows: Store) {
    this.#file = file;
    this.#rows = rows;
  }

  append(changes: readonly Change[]): number {
    this.#lsn += changes.length;
    if (this.#closed !== null) {
      const lsn = this.#lsn;
      queueMicrotask(() => this.failed(lsn, "the store is closed"));
      return lsn;
    }
    this.#waiting.push({ lsn: this.#lsn, changes });
    if (this.#waiting.length === 1) this.#turn = this.#turn.then(() => this.#flush());
    return this.#lsn;
  }

  /** Writes a line; it is on disk when this resolves. */
  async write(line: string): Promise<void> {
    const bytes = new TextEncoder().encode(`${line}\n`);
    for (let at = 0; at < bytes.length;) at += await this.#file.write(bytes.subarray(at));
    await this.#file.syncData();
  }

  close(): Promise<void> {
    return this.#closed ??= this.#turn.then(() => this.#file.close());
  }

  async #flush(): Promise<void> {
    const batches = this.#waiting;
    this.#waiting = [];
    const { lsn } = batches.at(-1)!;
    const changes = batches.flatMap(({ changes }) => changes);
    try {
      if (changes.length > 0) await this.write(JSON.stringify(changes));
    } catch (error) {
      return this.failed(lsn, (error as Error).message);
    }
    this.#rows.append(changes);
    this.committedLsn = lsn;
    this.committed(lsn);
  }
}
