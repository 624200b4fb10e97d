/**
 * Who waits for the ends of single jobs.
 *
 * @module
 */

/** Functions to be called once, by number of the job. */
export class Watchers {
  readonly #waiting = new Map<number, Set<() => void>>();
  #closed = false;

  /** Calls `fn` when `call` is called for this job; not any more when what it returns was called. */
  add(id: number, fn: () => void): () => void {
    if (this.#closed) {
      fn();
      return () => {};
    }
    const waiting = this.#waiting.get(id) ?? new Set();
    this.#waiting.set(id, waiting.add(fn));
    return () => {
      if (waiting.delete(fn) && waiting.size === 0) this.#waiting.delete(id);
    };
  }

  /** The job has ended: calls who waits for it. */
  call(id: number): void {
    if (this.#waiting.size === 0) return;
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    waiting?.forEach((fn) => fn());
  }

  /** No job ends here any more: calls all who wait, and at once who comes later. */
  close(): void {
    this.#closed = true;
    for (const id of [...this.#waiting.keys()]) this.call(id);
  }
}
