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
import type { Ending } from "../messages/job.ts";
import { type Job, jobId } from "./job.ts";
import type { Clock, Store } from "./ports.ts";

/** Facts that can be resumed from. */
const keptMax = 4_096;
/** Characters of what jobs said and of their ids, among those and among what waits for a listener. */
const charsMax = 4 * 1024 * 1024;
/** Memory of an id in a fact, in characters. */
const idChars = 16;
/** Facts about jobs are made for so long after the last listener for them has left, ms. */
const lingerMs = 60_000;
/** Facts that may wait for one slow listener before it is given a gap. */
const behindMax = 16_384;
/** Sequence numbers of one start of the service. */
const perEpoch = 2 ** 32;

interface Listener {
  readonly jobs: boolean;
  waiting: Stamped<Fact>[];
  /** Characters among those. */
  chars: number;
  /** First and last that could not be kept. */
  gap: { from: number; to: number } | null;
  wake: () => void;
}

/** Batch of jobs that moved; ids become text only when somebody reads them. */
interface Moved {
  readonly move: JobsFact["move"];
  readonly jobs: readonly Job[];
  readonly endings: readonly Ending[] | null;
}

const charsOf = (fact: Fact): number =>
  fact.type === "jobs"
    ? fact.ids.length * idChars
    : fact.type === "told" && typeof fact.value === "string"
    ? fact.value.length
    : 0;

const hears = ({ jobs }: Listener, fact: Fact): boolean => jobs || fact.type !== "jobs";

/** Facts of one runtime. */
export class Journal {
  #seq: number;
  /** The latest that was not made, as nobody listened. */
  #skippedSeq = 0;
  readonly #kept: Stamped<Fact>[] = [];
  readonly #listeners = new Set<Listener>();
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #ended: { jobs: Job[]; endings: Ending[] } = { jobs: [], endings: [] };
  #armed = false;
  /** Listeners for facts about jobs, and until when the last of them may come back. */
  #jobListeners = 0;
  #lingersUntilMs = -Infinity;
  #keptChars = 0;

  /** Control facts are stored in `store`. */
  constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
    this.#seq = (store.epoch - 1) * perEpoch;
  }

  /** Sequence number of the latest fact. */
  get seq(): number {
    return this.#seq;
  }

  /** Notes a control fact; it is stored. */
  note(fact: ControlFact): void {
    const stamped = this.#stamp(fact);
    this.#store.append([{ type: "fact", stamped }]);
  }

  /** Notes that jobs moved; nothing is made of it while nobody wants to know. */
  moved(move: "accepted" | "began" | "requeued", jobs: readonly Job[]): void {
    if (jobs.length === 0) return;
    if (this.#wanted) this.#publish({ move, jobs, endings: null });
    else this.#skip();
  }

  /** Notes that a job ended; all of a turn go as one batch. */
  ended(job: Job, ending: Ending): void {
    if (!this.#wanted) return this.#skip();
    this.#ended.jobs.push(job);
    this.#ended.endings.push(ending);
    if (this.#armed) return;
    this.#armed = true;
    queueMicrotask(() => {
      this.#armed = false;
      const { jobs, endings } = this.#ended;
      this.#publish({ move: "ended", jobs: jobs.splice(0), endings: endings.splice(0) });
    });
  }

  /** Notes what a running job said. */
  told(id: string, kind: ToldFact["kind"], value: unknown): void {
    if (this.#listeners.size > 0) this.#stamp({ type: "told", id, kind, value });
    else this.#skip();
  }

  /** Facts from now on, or after `from` as far as they are still kept. */
  async *read(
    { from, jobs = true, signal }: FactsOptions = {},
  ): AsyncGenerator<Stamped<Fact> | GapFact> {
    const listener: Listener = { jobs, waiting: [], chars: 0, gap: null, wake: () => {} };
    if (from !== undefined) {
      const oldest = this.#kept[0]?.seq ?? this.#seq + 1;
      const missing = Math.max(oldest - 1, this.#skippedSeq);
      if (from < Math.min(missing, this.#seq)) listener.gap = { from: from + 1, to: missing };
      const after = listener.gap?.to ?? from;
      listener.waiting = this.#kept.filter(({ seq, fact }) => seq > after && hears(listener, fact));
    }
    const stop = () => listener.wake();
    signal?.addEventListener("abort", stop);
    this.#listeners.add(listener);
    if (jobs) this.#jobListeners++;
    try {
      while (!signal?.aborted) {
        if (listener.gap) {
          const { from, to } = listener.gap;
          listener.gap = null;
          yield { type: "gap", from, to };
        } else if (listener.waiting.length > 0) {
          listener.chars = 0;
          yield* listener.waiting.splice(0);
        } else await new Promise<void>((resolve) => listener.wake = resolve);
      }
    } finally {
      this.#listeners.delete(listener);
      if (jobs && --this.#jobListeners === 0) {
        this.#lingersUntilMs = this.#clock.nowMs() + lingerMs;
      }
      signal?.removeEventListener("abort", stop);
    }
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

  #publish({ move, jobs, endings }: Moved): void {
    this.#stamp({
      type: "jobs",
      move,
      ids: jobs.map(({ id }) => jobId(id)),
      ...(endings && { endings }),
    });
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
      if (!hears(listener, fact)) continue;
      if (listener.waiting.length >= behindMax || listener.chars > charsMax) {
        const first = listener.waiting[0]!.seq;
        listener.gap = { from: listener.gap?.from ?? first, to: stamped.seq };
        listener.waiting = [];
        listener.chars = 0;
      } else {
        listener.waiting.push(stamped);
        listener.chars += chars;
      }
      listener.wake();
    }
    return stamped;
  }
}
