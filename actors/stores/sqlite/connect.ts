/**
 * The store as the actors see it: starts its thread, talks with it, ends it.
 *
 * @module
 */
import type { Store, StoreQuery } from "../../ports.ts";
import { Refusal } from "../../runtime.ts";
import { type GroupCommit, groupCommit } from "./group_commit.ts";
import type { FromThread, Page, Retention, ToThread } from "./protocol.ts";
import { type Ask, read, recover } from "./read.ts";

/** What {@link connect} needs to know. */
export interface ConnectOptions {
  readonly path: string;
  readonly synchronous: "FULL" | "NORMAL";
  readonly retention: Retention;
  readonly wallMs: () => number;
  readonly onSynced: (lsn: number, atMs: number) => void;
  /** Called once when an open store has let go of the database. */
  readonly onClosed: () => void;
}

type Opened = Extract<FromThread, { type: "opened" }>;

/** The talk with the thread. */
interface Link {
  readonly opened: Promise<Opened>;
  readonly commits: GroupCommit;
  readonly ask: Ask;
  readonly corruptRows: number;
  /** Asks the thread to close; resolves when it is gone, whatever it died of. */
  end(): Promise<void>;
}

/** Starts the thread and opens the database. Rejects with the thread's Refusal. */
export async function connect(options: ConnectOptions): Promise<Store> {
  const link = startThread(options);
  try {
    return storeOver(link, await link.opened, options);
  } catch (error) {
    await link.end();
    throw error;
  }
}

function storeOver(link: Link, opened: Opened, options: ConnectOptions): Store {
  const { commits, ask } = link;
  const { epoch, lastJobId, lastSeq } = opened;
  let closed: Promise<void> | null = null;
  const close = async (): Promise<void> => {
    await commits.drained();
    commits.end("the store is closed");
    await link.end();
    options.onClosed();
  };
  return {
    kind: "sqlite",
    epoch,
    lastJobId,
    lastSeq,
    get corruptRows() {
      return link.corruptRows;
    },
    get committedLsn() {
      return commits.committedLsn;
    },
    append: commits.append,
    onCommitted: commits.onCommitted,
    onFailed: commits.onFailed,
    recover: () => recover(ask, lastJobId, options.wallMs()),
    read: <Q extends StoreQuery>(query: Q) => read(ask, query),
    close: () => closed ??= close(),
  };
}

function startThread(options: ConnectOptions): Link {
  const thread = new Worker(new URL("./thread.ts", import.meta.url), { type: "module" });
  const opened = Promise.withResolvers<Opened>();
  const ended = Promise.withResolvers<void>();
  const calls = new Map<number, PromiseWithResolvers<Page>>();
  let lastCall = 0;
  let corruptRows = 0;
  let gone: string | null = null;
  const tell = (message: ToThread) => thread.postMessage(message);
  const commits = groupCommit((lsn, batch) => tell({ type: "commit", lsn, batch }));

  const end = (because: string): void => {
    gone = because;
    thread.terminate();
    opened.reject(new Refusal("bad_store", `Cannot open ${options.path}: ${because}.`));
    for (const { reject } of calls.values()) reject(new Error(because));
    calls.clear();
    commits.end(because);
    ended.resolve();
  };
  const take = (call: number): PromiseWithResolvers<Page> => {
    const asked = calls.get(call)!;
    calls.delete(call);
    return asked;
  };
  const hear = (message: FromThread): void => {
    switch (message.type) {
      case "opened":
        return opened.resolve(message);
      case "refused":
        return opened.reject(new Refusal(message.code, message.message));
      case "committed":
        options.onSynced(message.lsn, message.syncedAtMs);
        return commits.committed(message.lsn);
      case "lost":
        return commits.lost(message.lsn, message.because);
      case "answered":
        return take(message.call).resolve(message.page);
      case "unanswered":
        return take(message.call).reject(new Error(message.because));
      case "damaged":
        corruptRows += message.rows;
        return;
      case "closed":
        return end("the store is closed");
    }
  };

  thread.onmessage = ({ data }: MessageEvent<FromThread>) => hear(data);
  thread.onerror = (event) => {
    event.preventDefault(); // Else it would end the process, not just the store.
    end(`the store's thread died: ${event.message}`);
  };
  const { path, synchronous, retention } = options;
  tell({ type: "open", path, synchronous, retention, wallMs: options.wallMs() });
  return {
    opened: opened.promise,
    commits,
    get corruptRows() {
      return corruptRows;
    },
    ask(question) {
      if (gone !== null) return Promise.reject(new Error(gone));
      const answer = Promise.withResolvers<Page>();
      calls.set(++lastCall, answer);
      tell({ type: "ask", call: lastCall, question });
      return answer.promise;
    },
    end() {
      if (gone === null) tell({ type: "close" });
      return ended.promise;
    },
  };
}
