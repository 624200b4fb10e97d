/**
 * What jobs of each operation did since the start, for those who ask now and then and count by
 * differences.
 *
 * @module
 */
import { type Cell, operationsMax, other } from "./cells.ts";
import { Tally } from "./tally.ts";

/** Sums that never fall. */
export class Totals {
  readonly #over = new Map<string, Tally>();

  /** Ten seconds of an operation are over. */
  add(operation: string, tally: Tally): void {
    this.#of(this.#over, operation).add(tally);
  }

  /** All of it with what `cells` do now, by operation; of at most 64 and `other`. */
  with(cells: readonly Cell[]): ReadonlyMap<string, Tally> {
    const all = new Map<string, Tally>();
    for (const [operation, tally] of this.#over) this.#of(all, operation).add(tally);
    for (const { operation, rungs } of cells) {
      if (!rungs.now.isEmpty) this.#of(all, operation).add(rungs.now);
    }
    return all;
  }

  #of(all: Map<string, Tally>, operation: string): Tally {
    const isKnown = this.#over.has(operation) || all.has(operation) ||
      Math.max(this.#over.size, all.size) < operationsMax;
    const name = isKnown ? operation : other;
    let tally = all.get(name);
    if (!tally) all.set(name, tally = new Tally());
    return tally;
  }
}
