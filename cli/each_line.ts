/**
 * The engine of `map`: starts something for each line, within bounds, and hands the endings over
 * one after another.
 *
 * @module
 */
import type { Outcome } from "../messages/outcome.ts";
import type { Entry } from "./entries.ts";
import { type Halt, reached } from "./halt.ts";

/** An entry with its ending. */
export interface Ended {
  readonly entry: Entry;
  readonly outcome: Outcome;
}

/** What the engine is given. */
export interface EachLine {
  readonly entries: AsyncIterator<Entry>;
  /** Starts the work of an entry; its signal says when to stop at once. */
  readonly start: (entry: Entry, signal: AbortSignal) => Promise<Outcome>;
  /** Takes an ending: prints, records. Called for one at a time; a rejection stops everything. */
  readonly take: (ended: Ended) => Promise<void>;
  /** Lets go of an ending that nobody will take. */
  readonly discard: (ended: Ended) => Promise<void>;
  /** Most lines running at once. */
  readonly runningMax: number;
  /** Most lines started and not yet taken: no line is read beyond it. */
  readonly openMax: number;
  /** The next line is read while no more may run, so that it is there when one ends. */
  readonly readsAhead: boolean;
  readonly keepOrder: boolean;
  readonly halt: Halt;
  /** Stops at once when aborted. */
  readonly signal: AbortSignal;
  /** Starts no more when aborted; what runs is left to those who run it. */
  readonly soon?: AbortSignal | undefined;
}

/** What became of the lines. */
export interface Counts {
  succeeded: number;
  failed: number;
  /** Started and not yet ended. */
  running: number;
  /** True when `halt` or the signal stopped it before the last line. */
  stopped: boolean;
}

/** A run under way: its counts are live, `finished` resolves with the last ones. */
export interface Run {
  readonly counts: Readonly<Counts>;
  readonly finished: Promise<Readonly<Counts>>;
}

/** Runs every line. Nothing is running any more when `finished` settles. */
export function eachLine(given: EachLine): Run {
  const counts: Counts = { succeeded: 0, failed: 0, running: 0, stopped: false };
  return { counts, finished: new Runner(given, counts).run() };
}

class Runner {
  readonly #given: EachLine;
  readonly #counts: Counts;
  /** Ends running work: `halt now`, the caller's signal, or a reader that went away. */
  readonly #kill = new AbortController();
  /** Endings by their turn to be taken; null where there is nothing to take. */
  readonly #waiting = new Map<number, Ended | null>();
  /** A line that was read and not yet started. */
  #next: IteratorResult<Entry> | null = null;
  #started = 0;
  #ended = 0;
  #taken = 0;
  /** Lines started and not yet taken. */
  #open = 0;
  #taking: Promise<void> = Promise.resolve();
  #changed = Promise.withResolvers<void>();
  #fault: { readonly error: unknown } | null = null;

  constructor(given: EachLine, counts: Counts) {
    this.#given = given;
    this.#counts = counts;
  }

  async run(): Promise<Counts> {
    using _now = onAbort(this.#given.signal, () => this.#halt("now"));
    using _soon = onAbort(this.#given.soon, () => this.#halt("soon"));
    await this.#startAll();
    while (this.#open > 0) await this.#changed.promise;
    if (this.#fault !== null) throw this.#fault.error;
    return this.#counts;
  }

  /** Reads the next line only when there is room for it, and stops waiting for it when halted. */
  async #startAll(): Promise<void> {
    const { entries, openMax, runningMax, readsAhead } = this.#given;
    let reading = false;
    while (!this.#counts.stopped) {
      const next = this.#next;
      const isFree = this.#counts.running < runningMax;
      if (next?.done) return;
      if (next !== null && isFree) {
        this.#next = null;
        this.#start(next.value);
      } else if (next === null && !reading && this.#open < openMax && (isFree || readsAhead)) {
        reading = true;
        entries.next().then((result) => {
          this.#next = result;
          reading = false;
          this.#tell();
        }, (error) => this.#fail(error));
      } else {
        await this.#changed.promise;
      }
    }
  }

  #start(entry: Entry): void {
    const place = this.#started++;
    this.#open++;
    this.#counts.running++;
    this.#given.start(entry, this.#kill.signal).then(
      (outcome) => this.#end(place, { entry, outcome }),
      (error) => {
        this.#fail(error);
        this.#end(place, null);
      },
    );
  }

  #end(place: number, ended: Ended | null): void {
    this.#counts.running--;
    if (ended !== null && !this.#wasKilled(ended)) {
      if (ended.outcome.type === "done") this.#counts.succeeded++;
      else this.#counts.failed++;
      if (reached(this.#given.halt, this.#counts)) this.#halt(this.#given.halt.when);
    }
    this.#waiting.set(this.#given.keepOrder ? place : this.#ended, ended);
    this.#ended++;
    for (let turn = this.#waiting.get(this.#taken); turn !== undefined;) {
      const taken = turn;
      this.#waiting.delete(this.#taken++);
      this.#taking = this.#taking.then(() => this.#take(taken));
      turn = this.#waiting.get(this.#taken);
    }
    this.#tell();
  }

  async #take(ended: Ended | null): Promise<void> {
    try {
      if (ended !== null) {
        const unwanted = this.#fault !== null || this.#wasKilled(ended);
        await (unwanted ? this.#given.discard(ended) : this.#given.take(ended));
      }
    } catch (error) {
      this.#fail(error);
    }
    this.#open--;
    this.#tell();
  }

  /** What was stopped on purpose has neither succeeded nor failed. */
  #wasKilled({ outcome }: Ended): boolean {
    const stopped = this.#kill.signal.aborted || this.#given.soon?.aborted === true;
    return stopped && outcome.type === "cancelled";
  }

  #fail(error: unknown): void {
    this.#fault ??= { error };
    this.#halt("now");
  }

  #halt(when: Halt["when"]): void {
    this.#counts.stopped = true;
    if (when === "now") this.#kill.abort();
    this.#tell();
  }

  #tell(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}

/** Calls `fn` when `signal` is aborted, at once where it is. */
function onAbort(signal: AbortSignal | undefined, fn: () => void): Disposable {
  signal?.addEventListener("abort", fn, { once: true });
  if (signal?.aborted) fn();
  return { [Symbol.dispose]: () => signal?.removeEventListener("abort", fn) };
}
