/**
 * How many jobs may lie ready in a worker.
 *
 * Credit counts jobs sent and not yet begun. It starts at one, or at three where others have told of
 * short jobs, doubles with each report of the worker, and is bounded by how long a job holds the
 * thread. So work that waits fills slots by itself, and work that holds the thread does not pile up
 * behind it.
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
/**
 * So many of them lie ready in a worker that has told nothing yet. The burst that wakes it may keep
 * the parent from hearing anything for longer than two such jobs take.
 */
export const firstJobs = 3;
/** What holds the thread for so long is believed at once: nobody else takes a core for that, ms. */
const believedMs = 20;
/** Reports that are remembered. */
const reportsKept = 5;

/** What workers of one grant know of each other. */
export interface Kin {
  /** Time a job holds the thread, as the last one of them that told had it, ms. */
  heldMs: number;
}

/** Workers of which none has told anything yet. */
export const newKin = (): Kin => ({ heldMs: Infinity });

/** The credit of one worker. */
export class Credit {
  /** Time a job holds the thread, when nothing interrupts it. */
  #heldMs = 0;
  /** Null before the first report. */
  #jobs: number | null = null;
  readonly #lately: number[] = [];
  readonly #kin: Kin;

  /** Of a worker that shares what it knows with `kin`. */
  constructor(kin = newKin()) {
    this.#kin = kin;
  }

  /** Jobs that may be sent and not begun. */
  get jobs(): number {
    return this.#jobs ?? (this.#kin.heldMs < pairMs ? firstJobs : 1);
  }

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
    this.#heldMs = this.#kin.heldMs = shortest(lately);
    const fitting = Math.floor(creditMs / this.#heldMs);
    const least = this.#heldMs < pairMs ? 2 : 1;
    const most = Math.min(creditMax, Math.max(least, fitting));
    this.#jobs = Math.min(most, (this.#jobs ?? 1) * 2);
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
