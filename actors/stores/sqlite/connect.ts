/**
 * The store as the actors see it: starts its thread, talks with it, ends it.
 *
 * @module
 */
import type { Store, StoreQuery } from "../../ports.ts";
import { Refusal } from "../../runtime.ts";
import { GroupCommit } from "./group_commit.ts";
import type { TrailFile } from "../../trail_file.ts";
import type { FromThread, Page, Retention, ToThread } from "./protocol.ts";
import { type Ask, read, recover } from "./read.ts";

/** What {@link connect} needs to know. */
export interface ConnectOptions {
  readonly path: string;
  readonly synchronous: "FULL" | "NORMAL";
  readonly retention: Retention;
  readonly wallMs: () => number;
  readonly trail: TrailFile;
  readonly onSynced: (lsn: number, atMs: number) => void;
  /** Called once when an open store has let go of the database. */
  readonly onClosed: () => void;
}

/** Never called: what is named so is cached with us, also where we come from another host. */
export const cachedWithUs = (): Promise<unknown> => import("./thread.ts");

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
    isDurable: true,
    epoch,
    lastJobId,
    lastSeq,
    get corruptRows() {
      return link.corruptRows;
    },
    get committedLsn() {
      return commits.committedLsn;
    },
    trail: options.trail,
    append: (changes) => commits.append(changes),
    onCommitted: (listener) => commits.onCommitted(listener),
    onFailed: (listener) => commits.onFailed(listener),
    recover: () => recover(ask, lastJobId, options.wallMs()),
    read: <Q extends StoreQuery>(query: Q) => read(ask, query),
    close: () => closed ??= close(),
  };
}

function startThread(options: ConnectOptions): Link {
  const thread = new Worker(new URL("./thread.ts", import.meta.url), { type: "module" });
  const opened = Promise.withResolvers<Opened>();
  const ended = Promise.withResolvers<void>();
  let corruptRows = 0;
  let gone = false;
  const tell = (message: ToThread) => thread.postMessage(message);
  const questions = questionsTo(tell);
  const commits = new GroupCommit((lsn, batch) => tell({ type: "commit", lsn, batch }));

  const end = (because: string): void => {
    gone = true;
    thread.terminate();
    opened.reject(new Refusal("bad_store", `Cannot open ${options.path}: ${because}.`));
    questions.end(because);
    commits.end(because);
    ended.resolve();
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
        return questions.take(message.call).resolve(message.page);
      case "unanswered":
        return questions.take(message.call).reject(new Error(message.because));
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
    ask: questions.ask,
    end() {
      if (!gone) tell({ type: "close" });
      return ended.promise;
    },
  };
}

/** Keeps track of what was asked and not yet answered. */
function questionsTo(tell: (message: ToThread) => void) {
  const asked = new Map<number, PromiseWithResolvers<Page>>();
  let lastCall = 0;
  let ended: string | null = null;
  const ask: Ask = (question) => {
    if (ended !== null) return Promise.reject(new Error(ended));
    const answer = Promise.withResolvers<Page>();
    asked.set(++lastCall, answer);
    tell({ type: "ask", call: lastCall, question });
    return answer.promise;
  };
  return {
    ask,
    /** Whoever waits for the answer to a call. */
    take(call: number): PromiseWithResolvers<Page> {
      const answer = asked.get(call)!;
      asked.delete(call);
      return answer;
    },
    /** There will be no answers any more. */
    end(because: string): void {
      ended = because;
      for (const { reject } of asked.values()) reject(new Error(because));
      asked.clear();
    },
  };
}
