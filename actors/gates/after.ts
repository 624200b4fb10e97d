/**
 * Holds jobs until those that they wait for have ended.
 *
 * Who ends is heard of; one that is not open any more is asked the store for, once for all that
 * wait for it. A job that the store has forgotten by then had ended as it should: else the one that
 * waits would have ended with it.
 *
 * @module
 */
import type { Ending, OnFailure } from "../../messages/job.ts";
import type { Verdict } from "../doom.ts";
import { type Job, jobId, jobNumber, stateOf } from "../job.ts";
import type { Numbered } from "../numbered.ts";
import type { Clock, Store } from "../ports.ts";
import { dependenciesOf } from "../workflows/dependencies_of.ts";
import type { Gate, Hold } from "./gate.ts";

/** Wait before the store is asked again that did not answer, ms. */
const againMs = 1_000;
/** Jobs that `why` names. */
const namedMost = 3;

/** What the gate stands on. */
export interface AfterParts {
  readonly clock: Clock;
  readonly store: Pick<Store, "read">;
  readonly open: Pick<Numbered<Job>, "get">;
  /** Leads a job on that waits for nobody any more. */
  readonly begin: (job: Job) => void;
  readonly end: (job: Job, verdict: Verdict) => void;
  readonly flush: () => void;
}

/** How a job ended that others wait for. */
interface End {
  readonly id: number;
  readonly ending: Ending;
  /** It did not begin, as what it waited for had failed. */
  readonly isSkipped: boolean;
  /** Monotonic. */
  readonly atMs: number;
}

/** Jobs that wait for others. */
export class After implements Gate<Job> {
  /** What each still waits for, and who waits for each. */
  readonly #left = new Map<Job, Set<number>>();
  readonly #waiting = new Map<number, Set<Job>>();
  /** Those that waited for others once, and need not do so again. */
  readonly #met = new WeakSet<Job>();
  /** Endings that are yet to be told. */
  readonly #ends: End[] = [];
  #isTelling = false;
  #isClosed = false;
  readonly #parts: AfterParts;

  /** Nobody waits yet. */
  constructor(parts: AfterParts) {
    this.#parts = parts;
  }

  /** Jobs that wait for others. */
  get blocked(): number {
    return this.#left.size;
  }

  concerns({ spec: { after } }: Job): boolean {
    return after !== undefined && after.length > 0;
  }

  enter(job: Job): boolean {
    if (this.#met.has(job)) return true;
    const left = new Set(dependenciesOf(job.spec).map(({ id }) => jobNumber(id)!));
    this.#left.set(job, left);
    job.state = "blocked";
    for (const id of left) {
      const waiting = this.#waiting.get(id);
      if (waiting) waiting.add(job);
      else {
        this.#waiting.set(id, new Set([job]));
        if (!this.#parts.open.get(id)) this.#ask(id);
      }
    }
    return false;
  }

  take(): boolean {
    return true;
  }

  leave(job: Job): void {
    const left = this.#left.get(job);
    if (!left) return;
    this.#left.delete(job);
    for (const id of left) {
      const waiting = this.#waiting.get(id);
      if (waiting?.delete(job) && waiting.size === 0) this.#waiting.delete(id);
    }
  }

  why(job: Job): Hold {
    const left = [...this.#left.get(job) ?? []];
    const named = left.slice(0, namedMost).map((id) => this.#describe(id)).join(", ");
    const more = left.length > namedMost ? ` and ${left.length - namedMost} more` : "";
    return {
      gate: "dependencies",
      because: `It waits for ${named}${more}`,
      ahead: null,
      untilMs: null,
    };
  }

  /** A job has ended, and the store knows it. */
  ended({ id, outcome }: Job): void {
    if (!this.#waiting.has(id)) return;
    const { type, code, category } = outcome!;
    const isSkipped = code === "skipped" && category === "dependency";
    this.#tell({ id, ending: type, isSkipped, atMs: this.#parts.clock.nowMs() });
  }

  /** A job that was to be taken anew is not: what the store knows of it stands. */
  dropped({ id }: Pick<Job, "id">): void {
    if (this.#waiting.has(id)) this.#ask(id);
  }

  /** Lets nobody go any more. */
  close(): void {
    this.#isClosed = true;
    this.#left.clear();
    this.#waiting.clear();
  }

  #describe(id: number): string {
    const job = this.#parts.open.get(id);
    if (!job) return jobId(id);
    const { spec: { taskId } } = job;
    const state = stateOf(job);
    return taskId === undefined ? `${jobId(id)} (${state})` : `${taskId} (${jobId(id)}, ${state})`;
  }

  #ask(id: number): void {
    const { clock, store, flush } = this.#parts;
    flush(); // What has ended in this turn is to be found there.
    store.read({ type: "job", id }).then((record) => {
      if (record && !record.ended) return; // It will be told of.
      const agoMs = record ? Math.max(0, clock.wallMs() - record.ended!.endedAt) : 0;
      const { type = "done", code, category } = record?.ended?.outcome ?? {};
      const isSkipped = code === "skipped" && category === "dependency";
      this.#tell({ id, ending: type, isSkipped, atMs: clock.nowMs() - agoMs });
    }, () => {
      if (this.#isClosed) return;
      clock.at(clock.nowMs() + againMs, () => this.#waiting.has(id) && this.#ask(id));
    });
  }

  /** Tells those who wait, one ending after another: a chain of a thousand may end by the first. */
  #tell(end: End): void {
    this.#ends.push(end);
    if (this.#isTelling) return;
    this.#isTelling = true;
    try {
      for (let at = 0; at < this.#ends.length; at++) {
        const next = this.#ends[at]!;
        const waiting = this.#waiting.get(next.id) ?? [];
        this.#waiting.delete(next.id);
        for (const job of waiting) this.#hear(job, next);
      }
    } finally {
      this.#ends.length = 0;
      this.#isTelling = false;
    }
  }

  #hear(job: Job, end: End): void {
    const left = this.#left.get(job);
    if (!left?.delete(end.id)) return;
    const how = end.ending === "done" ? "run" : onFailure(job, end);
    if (how !== "run") {
      this.leave(job);
      return this.#parts.end(job, verdict(how, end));
    }
    job.dueMs = Math.max(job.dueMs, end.atMs);
    if (left.size > 0) return;
    this.#left.delete(job);
    this.#met.add(job);
    this.#parts.begin(job);
  }
}

/** What was skipped takes those along that can't do without it. */
function onFailure({ spec }: Job, { id, isSkipped }: End): OnFailure {
  const dependency = dependenciesOf(spec).find((one) => jobNumber(one.id) === id);
  const how = dependency?.onFailure ?? "fail";
  return how === "fail" && isSkipped ? "skip" : how;
}

function verdict(how: "fail" | "skip", { id, ending, isSkipped }: End): Verdict {
  const because = `${jobId(id)}, which it waited for, ${
    isSkipped ? "was skipped" : `is ${ending}`
  }`;
  return how === "skip"
    ? { type: "cancelled", category: "dependency", code: "skipped", message: because }
    : { type: "failed", category: "dependency", code: "dependency_failed", message: because };
}
