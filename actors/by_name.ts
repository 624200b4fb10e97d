/**
 * What is said of names, and of all that begin alike.
 *
 * @module
 */

/** Finds what is said of a name: of itself, else by the longest beginning that fits. */
export class ByName<T> {
  readonly #exact: ReadonlyMap<string, T>;
  /** What ends with a star, longest first. */
  readonly #open: readonly (readonly [beginning: string, said: T])[];

  /** `said` by name or by `beginning*`. */
  constructor(said: Readonly<Record<string, T>> = {}) {
    const all = Object.entries(said);
    this.#exact = new Map(all);
    this.#open = all.filter(([name]) => name.endsWith("*"))
      .map(([name, value]) => [name.slice(0, -1), value] as const)
      .sort(([one], [other]) => other.length - one.length);
  }

  /** What is said of `name`; undefined where that is nothing. */
  of(name: string): T | undefined {
    // Asked for each job, and mostly there is nothing.
    if (this.#exact.size === 0) return undefined;
    return this.#exact.get(name) ?? this.#open.find(([start]) => name.startsWith(start))?.[1];
  }
}
