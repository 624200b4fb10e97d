/**
 * Jobs that somebody has taken in hand: redriven, limited or moved while they were open. What is done
 * of them was not done by itself.
 *
 * @module
 */
import { isKept } from "../job.ts";

/** Open jobs that are remembered; those taken in hand first are forgotten first. */
const most = 10_000;

/** Numbers of open jobs. */
export class Hands {
  readonly #jobs = new Set<number>();
  #news = false;

  /** How many there are. */
  get size(): number {
    return this.#jobs.size;
  }

  /** Somebody does something about a job. */
  take({ id }: { readonly id: number }): void {
    this.#jobs.add(id);
    if (this.#jobs.size > most) this.#jobs.delete(this.#jobs.values().next().value!);
    this.#news ||= isKept({ id });
  }

  /** The job has ended; true where it was in somebody's hand. */
  ended({ id }: { readonly id: number }): boolean {
    const isKnown = this.#jobs.delete(id);
    this.#news ||= isKnown;
    return isKnown;
  }

  /** What is to be stored; null when that is stored already. */
  snapshot(): unknown {
    if (!this.#news) return null;
    this.#news = false;
    return [...this.#jobs].filter((id) => isKept({ id }));
  }

  /** Takes over what was stored of jobs that are open still. */
  restore(snapshot: unknown, isOpen: (id: number) => boolean): void {
    if (!Array.isArray(snapshot)) return;
    for (const id of snapshot.slice(0, most)) {
      if (typeof id === "number" && isOpen(id)) this.#jobs.add(id);
    }
  }
}
