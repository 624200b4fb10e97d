/**
 * The program of the store's thread, the only one that talks to SQLite. It imports little: each
 * megabyte here is one of every service.
 *
 * @module
 */
import { Refusal } from "../../runtime.ts";
import { answering } from "./answer.ts";
import { jobs } from "./jobs.ts";
import { openLedger } from "./ledger.ts";
import { relax } from "../../relax.ts";
import { openDatabase } from "./open.ts";
import type { Batch, FromThread, Page, Question, ToThread } from "./protocol.ts";
import { type Sweep, sweep } from "./sweep.ts";

/** After this long without a message the thread looks after the house, ms. */
const quietMs = 50;
/** Longest that housekeeping waits for such a moment, ms. */
const patienceMs = 1_000;
/** Between two steps of housekeeping, ms: at 2 ms a step it takes a tenth of the thread. */
const stepMs = 20;
/** From the end of one walk over everything to the next, ms. */
const walkEveryMs = 600_000;

/** Time after which the start is over, ms. */
const relaxAfterMs = 1_000;

/** What an open store can do. */
interface Desk {
  commit(lsn: number, batch: Batch): void;
  answer(question: Question): Page;
  close(): void;
}

const port = self as unknown as {
  postMessage(message: FromThread): void;
  onmessage: (event: MessageEvent<ToThread>) => void;
};
let desk: Desk | null = null;
let heardAtMs = 0;

port.onmessage = ({ data: message }) => {
  heardAtMs = performance.now();
  switch (message.type) {
    case "open":
      open(message);
      break;
    case "commit":
      desk?.commit(message.lsn, message.batch);
      break;
    case "ask":
      answer(message.call, message.question);
      break;
    case "close":
      desk?.close();
      port.postMessage({ type: "closed" });
      break;
  }
};

function open(message: Extract<ToThread, { type: "open" }>): void {
  try {
    desk = openDesk(message);
  } catch (error) {
    const code = error instanceof Refusal ? error.code : "bad_store";
    port.postMessage({ type: "refused", code, message: (error as Error).message });
  }
}

function answer(call: number, question: Question): void {
  try {
    if (desk === null) throw new Error("the store is not open");
    port.postMessage({ type: "answered", call, page: desk.answer(question) });
  } catch (error) {
    port.postMessage({ type: "unanswered", call, because: (error as Error).message });
  }
}

function openDesk(message: Extract<ToThread, { type: "open" }>): Desk {
  // The thread goes by its parent's wall clock.
  const offsetMs = message.wallMs - performance.now();
  const wallMs = () => Math.floor(offsetMs + performance.now());
  const damaged = (rows: number) => port.postMessage({ type: "damaged", rows });
  const db = openDatabase({ ...message, damaged });
  const ledger = openLedger(db, wallMs, damaged);
  const broom = sweep(ledger, message.retention, wallMs);
  const house = keepHouse(broom);
  const { epoch, lastJobId, lastSeq } = ledger;
  port.postMessage({ type: "opened", epoch, lastJobId, lastSeq });
  setTimeout(relax, relaxAfterMs);
  return {
    commit(lsn, batch) {
      try {
        ledger.write(batch);
      } catch (error) {
        port.postMessage({ type: "lost", lsn, because: (error as Error).message });
        return;
      }
      const syncedAtMs = performance.timeOrigin + performance.now();
      port.postMessage({ type: "committed", lsn, syncedAtMs });
      broom.ended(batch.outcomes);
      broom.redriven(batch.redriven.length / jobs.width);
      if (broom.farOver) attempt(() => broom.trim());
      house.committed();
    },
    answer: answering(ledger),
    close() {
      house.stop();
      attempt(() => db.exec("pragma wal_checkpoint(truncate)"));
      db.close();
      desk = null;
    },
  };
}

/** Sweeps when nothing else is to be done, a little even if that never is; sleeps where nothing is due. */
function keepHouse(broom: Sweep) {
  let walkAtMs = 0;
  let sweptAtMs = performance.now();
  let isAsleep = false;
  const step = () => {
    const nowMs = performance.now();
    const walks = nowMs >= walkAtMs;
    if (nowMs - heardAtMs >= quietMs || nowMs - sweptAtMs >= patienceMs) {
      sweptAtMs = nowMs;
      attempt(() => {
        if (broom.over) broom.trim();
        else if (walks && broom.walk()) walkAtMs = nowMs + walkEveryMs;
      });
    }
    isAsleep = !broom.over && !walks;
    timer = setTimeout(step, isAsleep ? walkAtMs - nowMs : stepMs);
  };
  let timer = setTimeout(step, quietMs);
  return {
    /** More may be stored now than is to be kept. */
    committed() {
      if (!isAsleep || !broom.over) return;
      isAsleep = false;
      clearTimeout(timer);
      timer = setTimeout(step, quietMs);
    },
    stop: () => clearTimeout(timer),
  };
}

/** What is not for a caller may fail (a full disk): it is tried again later. */
function attempt(work: () => void): void {
  try {
    work();
  } catch {
    // The next commit meets the same trouble and reports it.
  }
}
