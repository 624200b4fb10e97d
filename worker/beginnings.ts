/**
 * Jobs that were begun and of which the parent has not heard.
 *
 * A short command's beginning is told with its end: each message of its own wakes the parent, and
 * us again when it was read.
 *
 * @module
 */
import { messages } from "../messages/wire.ts";

/** Tells of beginnings, at once or with what is said next. */
export class Beginnings {
  #count = 0;
  #heldMs = 0;
  /** One of them is no short one. */
  #isGrown = false;
  readonly #say: (item: string) => void;

  /** `say` says a message. */
  constructor(say: (item: string) => void) {
    this.#say = say;
  }

  /** `count` jobs were begun, which held the thread for `heldMs`; with `mayWait` all may be short. */
  begun(count: number, heldMs: number, mayWait: boolean): void {
    // The parent sends no more before it has heard of these: it is told when it sends the next.
    const isFirst = this.#count === 0;
    this.#count += count;
    this.#heldMs += heldMs;
    if (!mayWait || !isFirst || this.#isGrown) this.tell();
  }

  /** A command runs on: its beginning does not wait for its end. */
  grown(): void {
    this.#isGrown = true;
    this.tell();
  }

  /** Tells of what was begun. To be called before anything else is said of a job. */
  tell(): void {
    if (this.#count === 0) return;
    this.#say(`${messages.began.kind},${this.#count},${Math.round(this.#heldMs * 1000) / 1000}`);
    this.#count = this.#heldMs = 0;
    this.#isGrown = false;
  }
}
