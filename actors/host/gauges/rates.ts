/**
 * Rates of counters that only grow.
 *
 * @module
 */

/** Counters as they stood at the look before; those that are gone are forgotten. */
export class Rates {
  #before = new Map<string, number>();
  #now = new Map<string, number>();
  #nowMs = 0;
  #spanS = 0;

  /** A look begins at `nowMs`, monotonic. */
  begin(nowMs: number): void {
    this.#spanS = (nowMs - this.#nowMs) / 1_000;
    this.#nowMs = nowMs;
    this.#before = this.#now;
    this.#now = new Map();
  }

  /** By how much a counter grew; null at its first look, and when it fell, as after an overflow. */
  grown(name: string, value: number): number | null {
    this.#now.set(name, value);
    const before = this.#before.get(name);
    return before === undefined || value < before ? null : value - before;
  }

  /** The same in a second; null also when no time has passed. */
  perS(name: string, value: number): number | null {
    const grown = this.grown(name, value);
    return grown === null || !(this.#spanS > 0) ? null : grown / this.#spanS;
  }
}
