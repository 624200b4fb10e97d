/**
 * Which evaluations that changed nothing are worth a record: a wish that is refused again and again
 * is one, not four a second.
 *
 * @module
 */

/** Time between two records of the same objection, ms. */
const quietMs = 10_000;
/** Objections that are remembered. */
const knownMax = 64;

/** Remembers who objected lately. */
export class Blocks {
  /** Who keeps the room as it is since some evaluations; empty: nobody. */
  #who = "";
  #isRecorded = false;
  readonly #recordedMs = new Map<string, number>();

  /** Takes note of an evaluation that changed nothing, by the will of `who`; true when it is news. */
  isNews(who: string, nowMs: number): boolean {
    if (who !== this.#who) this.#isRecorded = false;
    this.#who = who;
    return who !== "" && !this.#isRecorded &&
      nowMs - (this.#recordedMs.get(who) ?? -Infinity) >= quietMs;
  }

  /** What it goes by, as plain data. */
  save(): unknown {
    return [this.#who, this.#isRecorded, [...this.#recordedMs]];
  }

  /** Goes on as the one that was saved. */
  load(saved: unknown): void {
    const [who, isRecorded, all] = saved as [string, boolean, [string, number][]];
    this.#who = who;
    this.#isRecorded = isRecorded;
    for (const [name, atMs] of all) this.#recordedMs.set(name, atMs);
  }

  /** Takes note of a record in which `who` objects. */
  recorded(who: string, nowMs: number): void {
    this.#who = who;
    this.#isRecorded = true;
    if (this.#recordedMs.size >= knownMax) this.#recordedMs.clear();
    this.#recordedMs.set(who, nowMs);
  }
}
