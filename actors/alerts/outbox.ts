/**
 * The messages of one sink: in order, one at a time, again where that may help, and never more than
 * fit. A sink that is slow or down costs nobody else anything.
 *
 * @module
 */
import type { SinkStatus } from "../../messages/alert.ts";
import { backoffMs } from "../../policies/retry/backoff.ts";
import type { Clock, Random } from "../ports.ts";
import type { SinkConfig } from "./config.ts";
import type { Note } from "./note.ts";
import type { Sink } from "./sinks/sink.ts";

/** Messages that wait; the oldest makes room. */
const waitingMax = 1_000;
/** Attempts for one message: with their waits, about half an hour. */
const attemptsMax = 12;
/** Waits between them. */
const backoff = { baseMs: 2_000, maxMs: 300_000 };
/** A message goes without being stored where that takes longer: the disk may be what is wrong, ms. */
const storeMs = 5_000;
/** Time that an attempt under way has at the end, ms. */
const leaveMs = 2_000;

/** A message that waits, as it is stored. */
export interface Waiting {
  readonly note: Note;
  readonly attempts: number;
}

interface Entry {
  readonly note: Note;
  attempts: number;
  /** What the store has to reach; Infinity: it was not told yet. */
  lsn: number;
  readonly sinceMs: number;
}

/** What an outbox works with. */
export interface OutboxParts {
  readonly clock: Clock;
  readonly random: Random;
  /** How far the store has come. */
  committedLsn(): number;
  /** What waits has changed and is to be stored. */
  changed(): void;
  /** A message was given up. */
  gaveUp(note: Note, because: string): void;
}

/** Messages on their way to one sink. */
export class Outbox {
  readonly name: string;
  readonly config: SinkConfig;
  readonly #sink: Sink;
  readonly #parts: OutboxParts;
  #entries: Entry[] = [];
  #delivered = 0;
  #dropped = 0;
  #because: string | null = null;
  #notBeforeMs = -Infinity;
  #tokens: number;
  #tokensMs: number;
  #busy: Promise<void> | null = null;
  /** An attempt under way is the last one. */
  #isClosing = false;
  readonly #stop = new AbortController();

  /** Nothing waits. */
  constructor(name: string, config: SinkConfig, sink: Sink, parts: OutboxParts) {
    this.name = name;
    this.config = config;
    this.#sink = sink;
    this.#parts = parts;
    this.#tokens = config.burst;
    this.#tokensMs = parts.clock.nowMs();
  }

  /** How it is doing. */
  get status(): SinkStatus {
    return {
      name: this.name,
      type: this.config.type,
      queued: this.#entries.length,
      delivered: this.#delivered,
      dropped: this.#dropped,
      because: this.#because,
    };
  }

  /** What is to be stored. */
  get waiting(): readonly Waiting[] {
    return this.#entries.map(({ note, attempts }) => ({ note, attempts }));
  }

  /** Takes a message; it goes when it is stored. */
  put(note: Note): void {
    const sinceMs = this.#parts.clock.nowMs();
    this.#entries.push({ note, attempts: 0, lsn: Infinity, sinceMs });
    // The first one may be on its way.
    if (this.#entries.length > waitingMax) {
      this.#giveUp(this.#entries.splice(this.#busy ? 1 : 0, 1)[0]!, "too many wait");
    }
  }

  /** Takes what an earlier process could not deliver. */
  restore(waiting: readonly Waiting[]): void {
    const sinceMs = this.#parts.clock.nowMs();
    this.#entries = waiting.slice(-waitingMax).map((entry) => ({ ...entry, lsn: 0, sinceMs }));
  }

  /** All that waits was given to the store, up to `lsn`. */
  stored(lsn: number): void {
    for (const entry of this.#entries) if (entry.lsn === Infinity) entry.lsn = lsn;
  }

  /** Sends the first message if it may go, and those after it; to be called each second. */
  pump(): void {
    const [entry] = this.#entries;
    if (!entry || this.#busy || this.#isClosing) return;
    const nowMs = this.#parts.clock.nowMs();
    const isStored = this.#parts.committedLsn() >= entry.lsn || nowMs - entry.sinceMs >= storeMs;
    if (!isStored || nowMs < this.#notBeforeMs || !this.#mayGo(nowMs)) return;
    this.#busy = this.#attempt(entry).finally(() => {
      this.#busy = null;
      this.pump();
    });
  }

  /** Lets an attempt under way end, for a moment. What waits is stored. */
  async close(): Promise<void> {
    this.#isClosing = true;
    const { clock } = this.#parts;
    const disarm = clock.at(clock.nowMs() + leaveMs, () => this.#stop.abort());
    await this.#busy;
    disarm();
    this.#stop.abort();
  }

  async #attempt(entry: Entry): Promise<void> {
    entry.attempts++;
    this.#tokens--;
    const delivery = await this.#sink.deliver(entry.note, this.#stop.signal);
    const nowMs = this.#parts.clock.nowMs();
    if (delivery.type === "delivered") {
      this.#because = null;
      this.#delivered++;
      this.#remove(entry);
    } else if (!this.#stop.signal.aborted) {
      this.#because = delivery.because;
      const isLast = delivery.isFinal || entry.attempts >= attemptsMax;
      this.#notBeforeMs = nowMs + this.#waitMs(entry.attempts);
      if (isLast) this.#giveUp(this.#remove(entry), delivery.because);
    }
    this.#parts.changed();
  }

  /** At least half of the wait, so that a sink that comes back is not met by all at once. */
  #waitMs(attempts: number): number {
    return backoffMs(attempts, backoff, .5 + this.#parts.random.unit() / 2);
  }

  #remove(entry: Entry): Entry {
    this.#entries = this.#entries.filter((other) => other !== entry);
    return entry;
  }

  #giveUp({ note }: Entry, because: string): void {
    this.#dropped++;
    this.#parts.gaveUp(note, because);
  }

  /** Whether its rate allows a message; one flows in each `everyMs`, up to `burst`. */
  #mayGo(nowMs: number): boolean {
    const { burst, everyMs } = this.config;
    const flown = everyMs === 0 ? burst : (nowMs - this.#tokensMs) / everyMs;
    this.#tokens = Math.min(burst, this.#tokens + flown);
    this.#tokensMs = nowMs;
    return this.#tokens >= 1;
  }
}
