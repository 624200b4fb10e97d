/**
 * Who waits for the ends of single jobs.
 *
 * @module
 */

/** Functions to be called once, by number of the job. */
export class Watchers {
  readonly #waiting = new Map<number, (() => void)[]>();

  /** Calls `fn` when `call` is called for this job. */
  add(id: number, fn: () => void): void {
    const others = this.#waiting.get(id);
    if (others) others.push(fn);
    else this.#waiting.set(id, [fn]);
  }

  /** The job has ended: calls who waits for it. */
  call(id: number): void {
    if (this.#waiting.size === 0) return;
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    waiting?.forEach((fn) => fn());
  }
}
