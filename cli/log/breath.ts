/**
 * Work that may be long, in pieces: between them the loop turns, and others get their turn.
 *
 * @module
 */
import { setImmediate } from "node:timers";

/** How long the pieces of one turn may hold the loop together, ms. */
const holdMs = 0.25;

/** Pauses for all that one owner does. */
export class Breath {
  /** When the first piece of this turn began; null: none has. */
  #sinceMs: number | null = null;
  #waiting = 0;

  /** Whether something waits for the loop to turn. */
  get isHeld(): boolean {
    return this.#waiting > 0;
  }

  /** To be waited for between two pieces; null: there is time for another one in this turn. */
  take(): Promise<void> | null {
    if (this.#sinceMs === null) {
      this.#sinceMs = performance.now();
      setImmediate(() => this.#sinceMs = null);
      return null;
    }
    return performance.now() - this.#sinceMs < holdMs ? null : this.#pause();
  }

  async #pause(): Promise<void> {
    this.#waiting++;
    await new Promise<void>((resolve) => setImmediate(resolve));
    this.#waiting--;
  }
}
