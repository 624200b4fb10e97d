/**
 * How many jobs may lie ready in a worker.
 *
 * Credit counts jobs sent and not yet begun. It starts at one, doubles with each report of the
 * worker, and is bounded by how long a job holds the thread. So work that waits fills slots by
 * itself, and work that holds the thread does not pile up behind it.
 *
 * @module
 */

/** Thread time after which a worker tells what it has begun, ms. */
const sliceMs = 1;
/**
 * Thread time that may lie ready in a worker, ms: the slice under way, the next one, and what is
 * begun while the parent hears of it (docs/decisions/0006).
 */
const creditMs = 3;
/** Jobs sent and not begun at most. */
const creditMax = 512;
/** Jobs that hold the thread for less get a second one laid ready, ms. */
const pairMs = 20;

/** The credit of one worker. */
export class Credit {
  /** Jobs that may be sent and not begun. */
  jobs = 1;
  #meanHeldMs = 0;

  /** Jobs that may have been begun since the worker last told: a slice of them and one that holds. */
  get reach(): number {
    return Math.min(creditMax, Math.ceil(sliceMs / this.#meanHeldMs) + 1);
  }

  /** Jobs were begun that held the thread for `heldMs` each. */
  report(heldMs: number): void {
    this.#meanHeldMs = this.#meanHeldMs === 0 ? heldMs : this.#meanHeldMs * 0.7 + heldMs * 0.3;
    const least = this.#meanHeldMs < pairMs ? 2 : 1;
    const most = Math.min(creditMax, Math.max(least, Math.floor(creditMs / this.#meanHeldMs)));
    this.jobs = Math.min(most, this.jobs * 2);
  }
}
