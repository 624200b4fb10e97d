/**
 * The one stream of facts: kept for a while, stored where they matter, and told to whoever listens.
 *
 * @module
 */
import type {
  ControlFact,
  Fact,
  FactsOptions,
  GapFact,
  JobsFact,
  Stamped,
  ToldFact,
} from "../messages/facts.ts";
import type { Outcome } from "../messages/outcome.ts";
import { beforeFacts } from "./epoch.ts";
import { charsOf, type Heard, heardBy, hearing } from "./hearing.ts";
import { type Job, jobId, operationOf } from "./job.ts";
import { labelsOf, reasonOf, someOf } from "./labels.ts";
import type { Clock, Store } from "./ports.ts";

/** Facts that can be resumed from. */
const keptMax = 4_096;
/** Characters of what jobs said and of their ids, among those and among what waits for a listener. */
const charsMax = 4 * 1024 * 1024;
/** Facts about jobs are made for so long after the last listener for them has left, ms. */
const lingerMs = 60_000;
/** Facts that may wait for one slow listener before it is given a gap. */
const behindMax = 16_384;
/** Facts that are handed to a listener at once. */
const batchMax = 256;

interface Listener {
  readonly heard: Heard;
  waiting: Stamped<Fact>[];
  /** Characters among those. */
  chars: number;
  /** First and last that could not be kept. */
  gap: { from: number; to: number } | null;
  wake: () => void;
}

/** Facts of one runtime. */
export class Journal {
  #seq: number;
  /** The latest that was not made, as nobody listened. */
  #skippedSeq = 0;
  readonly #kept: Stamped<Fact>[] = [];
  readonly #listeners = new Set<Listener>();
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #ended: { jobs: Job[]; outcomes: Outcome[] } = { jobs: [], outcomes: [] };
  #armed = false;
  /** Listeners for facts about jobs, and until when the last of them may come back. */
  #jobListeners = 0;
  #lingersUntilMs = -Infinity;
  /** Listeners for batches with jobs that did not end `done`. */
  #failureListeners = 0;
  #keptChars = 0;

  /** Control facts are stored in `store`. */
  constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
    this.#seq = beforeFacts(store.epoch);
  }

  /** Sequence number of the latest fact. */
  get seq(): number {
    return this.#seq;
  }

  /** What can be read again, oldest first. */
  get kept(): readonly Stamped<Fact>[] {
    return this.#kept;
  }

  /** Notes a control fact; it is stored. */
  note(fact: ControlFact): void {
    const stamped = this.#stamp(fact);
    this.#store.append([{ type: "fact", stamped }]);
  }

  /** Notes that jobs moved; nothing is made of it while nobody wants to know. */
  moved(move: "accepted" | "began" | "requeued", jobs: readonly Job[]): void {
    if (jobs.length === 0) return;
    if (this.#wanted) this.#stamp({ type: "jobs", move, ...namesOf(jobs) });
    else this.#skip();
  }

  /** Notes that a job ended; all of a turn go as one batch. */
  ended(job: Job, outcome: Outcome): void {
    const isFailure = outcome.type !== "done" && this.#failureListeners > 0;
    if (!isFailure && !this.#wanted) return this.#skip();
    this.#ended.jobs.push(job);
    this.#ended.outcomes.push(outcome);
    if (this.#armed) return;
    this.#armed = true;
    queueMicrotask(() => {
      this.#armed = false;
      const [jobs, outcomes] = [this.#ended.jobs.splice(0), this.#ended.outcomes.splice(0)];
      this.#stamp({ type: "jobs", move: "ended", ...namesOf(jobs), ...endsOf(outcomes) });
    });
  }

  /** Notes what a running job said. */
  told(job: Pick<Job, "id" | "spec">, kind: ToldFact["kind"], value: unknown): void {
    if (this.#listeners.size === 0) return this.#skip();
    const labels = labelsOf(job.spec);
    const names = { id: jobId(job.id), operation: operationOf(job.spec) };
    this.#stamp({ type: "told", ...names, kind, value, ...(labels && { labels }) });
  }

  /** Facts from now on, or after `from` as far as they are still kept. */
  async *read(options: FactsOptions = {}): AsyncGenerator<Stamped<Fact> | GapFact> {
    for await (const batch of this.batches(options)) yield* batch;
  }

  /** The same, as many at a time as have come; at most 256. */
  async *batches(
    options: FactsOptions = {},
  ): AsyncGenerator<readonly (Stamped<Fact> | GapFact)[]> {
    const { signal } = options;
    const listener = this.#listener(options);
    const { jobs } = listener.heard;
    const stop = () => listener.wake();
    signal?.addEventListener("abort", stop);
    this.#listeners.add(listener);
    if (jobs === true) this.#jobListeners++;
    if (jobs === "failed") this.#failureListeners++;
    try {
      while (!signal?.aborted) {
        if (listener.gap) {
          const { from, to } = listener.gap;
          listener.gap = null;
          yield [{ type: "gap", from, to }];
        } else if (listener.waiting.length > 0) {
          const { waiting } = listener;
          listener.waiting = [];
          listener.chars = 0;
          yield* inBatches(waiting);
        } else await new Promise<void>((resolve) => listener.wake = resolve);
      }
    } finally {
      this.#listeners.delete(listener);
      if (jobs === "failed") this.#failureListeners--;
      if (jobs === true && --this.#jobListeners === 0) {
        this.#lingersUntilMs = this.#clock.nowMs() + lingerMs;
      }
      signal?.removeEventListener("abort", stop);
    }
  }

  /** Somebody who listens, with what is kept of what came after `from`. */
  #listener({ from, ...wanted }: FactsOptions): Listener {
    const heard = hearing(wanted);
    const listener: Listener = { heard, waiting: [], chars: 0, gap: null, wake: () => {} };
    if (from === undefined) return listener;
    const last = from > this.#seq ? 0 : from;
    const oldest = this.#kept[0]?.seq ?? this.#seq + 1;
    const missing = Math.max(oldest - 1, heard.fleeting ? this.#skippedSeq : 0);
    if (last < Math.min(missing, this.#seq)) listener.gap = { from: last + 1, to: missing };
    const after = listener.gap?.to ?? last;
    for (const stamped of this.#kept) {
      const told = stamped.seq > after ? heardBy(heard, stamped) : null;
      if (told !== null) listener.waiting.push(told);
    }
    return listener;
  }

  /** Somebody hears of jobs, or did just now and may come back. */
  get #wanted(): boolean {
    if (this.#jobListeners > 0) return true;
    return this.#lingersUntilMs > 0 && this.#clock.nowMs() < this.#lingersUntilMs;
  }

  /** A fact about jobs that nobody hears is not made, but it has its number: whoever resumes learns. */
  #skip(): void {
    this.#skippedSeq = ++this.#seq;
  }

  #stamp<F extends Fact>(fact: F): Stamped<F> {
    const stamped = { seq: ++this.#seq, at: this.#clock.wallMs(), fact };
    const chars = charsOf(fact);
    this.#kept.push(stamped);
    this.#keptChars += chars;
    if (this.#kept.length > keptMax * 2 || this.#keptChars > charsMax) {
      const gone = this.#kept.splice(0, Math.ceil(this.#kept.length / 2));
      for (const { fact } of gone) this.#keptChars -= charsOf(fact);
    }
    for (const listener of this.#listeners) {
      const heard = heardBy(listener.heard, stamped);
      if (heard === null) continue;
      if (listener.waiting.length >= behindMax || listener.chars > charsMax) {
        const first = listener.waiting[0]!.seq;
        listener.gap = { from: listener.gap?.from ?? first, to: stamped.seq };
        listener.waiting = [];
        listener.chars = 0;
      } else {
        listener.waiting.push(heard);
        listener.chars += chars;
      }
      listener.wake();
    }
    return stamped;
  }
}

/** So many at once that nobody who passes them on has to hold much more than one message. */
function* inBatches(facts: readonly Stamped<Fact>[]): Generator<readonly Stamped<Fact>[]> {
  if (facts.length <= batchMax) return yield facts;
  for (let at = 0; at < facts.length; at += batchMax) yield facts.slice(at, at + batchMax);
}

/** Ids become text, and labels are looked for, only when somebody reads them. */
function namesOf(jobs: readonly Job[]): Pick<JobsFact, "ids" | "operations" | "labels"> {
  const labels = someOf(jobs, ({ spec }) => labelsOf(spec));
  return {
    ids: jobs.map(({ id }) => jobId(id)),
    operations: jobs.map(({ spec }) => operationOf(spec)),
    ...(labels && { labels }),
  };
}

/** How each ended, what it had taken by then, and why where it is not done. */
function endsOf(outcomes: readonly Outcome[]) {
  const reasons = someOf(outcomes, reasonOf);
  return {
    endings: outcomes.map(({ type }) => type),
    attempts: outcomes.map(({ attempts }) => attempts),
    waitMs: outcomes.map(({ waitMs }) => waitMs),
    durationMs: outcomes.map(({ durationMs }) => durationMs),
    ...(reasons && { reasons }),
  };
}
