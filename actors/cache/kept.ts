/**
 * Texts under keys, for a time and in so many bytes, in memory.
 *
 * @module
 */
import type { Choice } from "../../policies/choice.ts";
import type { Shelf } from "../../policies/caching/caching.ts";
import { openShelf } from "../../policies/caching/mod.ts";
import type { Clock } from "../ports.ts";

/** What a key and its place cost besides the text, bytes: about what V8 takes for them. */
const placeBytes = 400;

interface Entry {
  readonly text: string;
  readonly bytes: number;
  /** Monotonic: when it was put here. */
  readonly sinceMs: number;
  /** How long it is good. */
  readonly ttlMs: number;
}

/** The memory cache. */
export class Kept {
  /** Keys that have gone as there was no room. */
  evictions = 0;
  /** Keys whose time was over when they were asked for. */
  expired = 0;
  bytesMax: number;
  readonly #entries = new Map<string, Entry>();
  readonly #clock: Pick<Clock, "nowMs">;
  #shelf: Shelf;

  /** Empty; `policy` says who goes where there is no room for all. */
  constructor(clock: Pick<Clock, "nowMs">, policy: Choice, bytesMax: number) {
    this.#clock = clock;
    this.#shelf = openShelf(policy, bytesMax);
    this.bytesMax = bytesMax;
  }

  /** Bytes of all that is kept, with what keys and places cost. */
  get bytes(): number {
    return this.#shelf.bytes;
  }

  /** Texts that are kept. */
  get size(): number {
    return this.#entries.size;
  }

  /**
   * The text that was put last under a key; null where there is none, or it is too old: for itself,
   * or for who asks, to whom none is good after `ttlMs`.
   */
  get(key: string, ttlMs = Infinity): string | null {
    const entry = this.#entries.get(key);
    if (!entry) return null;
    if (entry.sinceMs + Math.min(entry.ttlMs, ttlMs) <= this.#clock.nowMs()) {
      this.remove(key);
      this.expired++;
      return null;
    }
    this.#shelf.touch(key);
    return entry.text;
  }

  /** Keeps a text for `ttlMs`, as far as there is room. */
  put(key: string, text: string, ttlMs: number): void {
    this.remove(key);
    const entry = { text, bytes: bytesOf(text), sinceMs: this.#clock.nowMs(), ttlMs };
    this.#entries.set(key, entry);
    this.#lay(key, entry);
  }

  /** Forgets what is under a key. */
  remove(key: string): void {
    if (this.#entries.delete(key)) this.#shelf.remove(key);
  }

  /** Another policy, or another size, from now on; what there is moves over as far as it fits. */
  adopt(policy: Choice, bytesMax: number): void {
    this.#shelf = openShelf(policy, bytesMax);
    this.bytesMax = bytesMax;
    for (const [key, entry] of [...this.#entries]) this.#lay(key, entry);
  }

  #lay(key: string, { bytes }: Entry): void {
    for (const gone of this.#shelf.add(key, bytes)) {
      this.#entries.delete(gone);
      this.evictions++;
    }
  }
}

/** A character of a text takes two bytes where any of them is beyond Latin-1. */
const bytesOf = (text: string): number =>
  placeBytes + text.length * (/[^\0-\xff]/.test(text) ? 2 : 1);
