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
const sliceMs = 2;
/**
 * Thread time that may lie ready in a worker, ms: the slice under way, the next one, and what is
 * begun while the parent hears of it (docs/decisions/0037).
 */
const creditMs = 5;
/** Jobs sent and not begun at most. */
const creditMax = 512;
/** Jobs that hold the thread for less get a second one laid ready, ms. */
const pairMs = 30;
/** What holds the thread for so long is believed at once: nobody else takes a core for that, ms. */
const believedMs = 20;
/** Reports that are remembered. */
const reportsKept = 5;

/** The credit of one worker. */
export class Credit {
  /** Jobs that may be sent and not begun. */
  jobs = 1;
  /** Time a job holds the thread, when nothing interrupts it. */
  #heldMs = 0;
  readonly #lately: number[] = [];

  /** Jobs that may have been begun since the worker last told: a slice of them and one that holds. */
  get reach(): number {
    return Math.min(creditMax, Math.ceil(sliceMs / this.#heldMs) + 1);
  }

  /**
   * Jobs were begun that held the thread for `heldMs` each. While others had the core, that is more
   * than they need: of the last reports the second shortest counts.
   */
  report(heldMs: number): void {
    const lately = this.#lately;
    if (heldMs >= believedMs) lately.length = 0;
    if (lately.push(heldMs) > reportsKept) lately.shift();
    this.#heldMs = shortest(lately);
    const least = this.#heldMs < pairMs ? 2 : 1;
    const most = Math.min(creditMax, Math.max(least, Math.floor(creditMs / this.#heldMs)));
    this.jobs = Math.min(most, this.jobs * 2);
  }
}

/** The second shortest of several, the shortest of one or two. */
function shortest(lately: readonly number[]): number {
  let [first, second] = [Infinity, Infinity];
  for (const heldMs of lately) {
    if (heldMs < first) [first, second] = [heldMs, first];
    else if (heldMs < second) second = heldMs;
  }
  return lately.length > 2 ? second : first;
}
