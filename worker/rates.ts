/**
 * How much jobs may say through one worker in a second; the rest is left out.
 *
 * @module
 */

/** Progress reports passed on per job and second. */
const progressPerS = 20;
/** Log lines of this worker passed on per second. */
const logsPerS = 1_000;
/** Characters of the output of running commands passed on per second, of all in this worker. */
const outputCharsPerS = 256 * 1024;

/** Counts by the second. */
export class Rates {
  #second = 0;
  #lines = 0;
  #outputChars = 0;
  readonly #reports = new Map<number, number>();

  /** Whether another line fits: `last` for the first one that does not. */
  line(): "yes" | "last" | "no" {
    this.#turn();
    this.#lines++;
    return this.#lines <= logsPerS ? "yes" : this.#lines === logsPerS + 1 ? "last" : "no";
  }

  /** Whether another report of job `id` fits. */
  report(id: number): boolean {
    this.#turn();
    const reports = (this.#reports.get(id) ?? 0) + 1;
    this.#reports.set(id, reports);
    return reports <= progressPerS;
  }

  /** Whether so much more output fits. */
  output(chars: number): boolean {
    this.#turn();
    if (this.#outputChars + chars > outputCharsPerS) return false;
    this.#outputChars += chars;
    return true;
  }

  #turn(): void {
    const second = Math.floor(performance.now() / 1000);
    if (second === this.#second) return;
    this.#second = second;
    this.#lines = this.#outputChars = 0;
    this.#reports.clear();
  }
}
