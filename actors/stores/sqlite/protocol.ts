/**
 * What the store and its thread say to each other.
 *
 * @module
 */
import type { Cell, Row } from "./table.ts";

/** Changes as flat cells, one list a table. They go into one transaction. */
export interface Batch {
  readonly jobs: Cell[];
  /** Ids and specs of jobs that are open and have another spec now. */
  readonly amended: Cell[];
  /** Rows of jobs that are open again; what they ended with before this batch is gone. */
  readonly redriven: Cell[];
  readonly outcomes: Cell[];
  readonly facts: Cell[];
  readonly snapshots: Cell[];
  readonly schedules: Cell[];
  readonly slots: Cell[];
  readonly steps: Cell[];
  readonly tries: Cell[];
}

/** How long and how many ended jobs and facts are kept. */
export interface Retention {
  /** Age at which a job that ended `done` goes, ms. Default 24 h. */
  readonly doneMs: number;
  /** Age at which a job that ended in another way goes, ms. Default 14 d. */
  readonly othersMs: number;
  /** Rows of each: jobs that ended `done`, others, control facts. Default 100,000. */
  readonly rowsMax: number;
}

/** What can be asked of the thread. Each answer is a page of rows. */
export type Question =
  /** Checks outcomes, sets damaged ones aside. No rows, only `next`. */
  | { readonly type: "check"; readonly after: number; readonly limit: number }
  /** Its rows are bundles of jobs. */
  | { readonly type: "open"; readonly after: number; readonly upTo: number; readonly limit: number }
  | {
    readonly type: "keys";
    readonly after: number;
    readonly upTo: number;
    /** Accepted at or after this, epoch ms. */
    readonly since: number;
    readonly limit: number;
  }
  | { readonly type: "tries"; readonly after: number; readonly limit: number }
  | { readonly type: "snapshots"; readonly after: string; readonly limit: number }
  | { readonly type: "schedules"; readonly after: string; readonly limit: number }
  | {
    readonly type: "steps";
    readonly executionId: string;
    readonly after: number;
    readonly limit: number;
  }
  /** Their rows are counts, not rows of a table. */
  | { readonly type: "workflows"; readonly before: number; readonly limit: number }
  | {
    readonly type: "slots";
    readonly after: string;
    readonly before: string;
    readonly limit: number;
    readonly latest?: boolean;
  }
  | { readonly type: "job"; readonly id: number }
  | {
    readonly type: "jobs";
    readonly isLatest: boolean;
    readonly after: number;
    readonly ending: string | null;
    readonly task: string | null;
    /** Texts that specs must contain. */
    readonly operation: string | null;
    readonly key: string | null;
    readonly limit: number;
  }
  | { readonly type: "facts"; readonly from: number; readonly limit: number };

/** A page of sound rows. */
export interface Page {
  readonly rows: readonly Row[];
  /** Where the next page starts: its `after`. Null: this was the last. */
  readonly next: number | string | null;
}

/** To the thread. */
export type ToThread =
  | {
    readonly type: "open";
    readonly path: string;
    readonly synchronous: "FULL" | "NORMAL";
    readonly retention: Retention;
    readonly wallMs: number;
  }
  | { readonly type: "commit"; readonly lsn: number; readonly batch: Batch }
  | { readonly type: "ask"; readonly call: number; readonly question: Question }
  | { readonly type: "close" };

/** From the thread. */
export type FromThread =
  | {
    readonly type: "opened";
    readonly epoch: number;
    readonly lastJobId: number;
    readonly lastSeq: number;
  }
  | { readonly type: "refused"; readonly code: string; readonly message: string }
  /** The commit has returned at `syncedAtMs`, epoch ms with fractions. */
  | { readonly type: "committed"; readonly lsn: number; readonly syncedAtMs: number }
  | { readonly type: "lost"; readonly lsn: number; readonly because: string }
  | { readonly type: "answered"; readonly call: number; readonly page: Page }
  | { readonly type: "unanswered"; readonly call: number; readonly because: string }
  | { readonly type: "damaged"; readonly rows: number }
  | { readonly type: "closed" };
