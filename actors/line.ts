/**
 * Jobs of one class that wait in line: by their rank, and those of one rank in the order in which
 * they came. Each way into the line leads to where a job belongs.
 *
 * @module
 */
import type { Job } from "./job.ts";
import { Row } from "./turns/row.ts";

/** Jobs of one rank. */
interface Level {
  readonly urgency: number;
  readonly row: Row<Job>;
}

/** Whether a job still lies in its lane. */
export const waits = ({ state }: Job): boolean => state === "waiting";

/** One class of one operation. */
export class Line {
  /** The rank that most have. */
  readonly #usual = new Row(waits);
  /** All ranks, best first. */
  #levels: readonly Level[] = [{ urgency: 0, row: this.#usual }];
  /** Those that are late and yield to the others; null while there was none. */
  #late: Row<Job> | null = null;

  /** Places that are held, by jobs that wait or did so. */
  get size(): number {
    if (this.#isPlain) return this.#usual.size;
    return this.#rows.reduce((sum, { size }) => sum + size, 0);
  }

  /** The next one, undefined when none waits. */
  get first(): Job | undefined {
    if (this.#isPlain) return this.#usual.first;
    for (const { row } of this.#levels) {
      const { first } = row;
      if (first !== undefined) return first;
    }
    return this.#late?.first;
  }

  /** The one that waits longest of those that are first of their rank, undefined when none waits. */
  get oldest(): Job | undefined {
    if (this.#isPlain) return this.#usual.first;
    return this.#rows.reduce<Job | undefined>((best, { first }) => older(best, first), undefined);
  }

  /** Adds one where it belongs. */
  add(job: Job): void {
    if (job.urgency === 0) this.#usual.add(job);
    else this.#rowOf(job.urgency).add(job);
  }

  /** Takes the next one, undefined when none waits. */
  take(): Job | undefined {
    if (this.#isPlain) return this.#usual.take();
    for (const { row } of this.#levels) {
      const job = row.take();
      if (job !== undefined) return job;
    }
    return this.#late?.take();
  }

  /** Takes one that is the first of its rank, or of those that are late; false where it is not. */
  takeThis(job: Job): boolean {
    const row = this.#rows.find(({ first }) => first === job);
    row?.take();
    return row !== undefined;
  }

  /** Lets those yield to the others that wait since before `sinceMs`. */
  demote(sinceMs: number): void {
    for (const { row } of this.#levels) {
      for (let { first } = row; first && first.dueMs < sinceMs; first = row.first) {
        row.take();
        (this.#late ??= new Row(waits)).add(first);
      }
    }
  }

  /**
   * The one that waits longest of those that `best` goes before and that wait since before `sinceMs`,
   * or are late in the class of `best`.
   */
  behind(best: Job, sinceMs: number): Job | undefined {
    const late = this.#late?.first;
    let found = late && (late.rank === best.rank || late.dueMs < sinceMs) ? late : undefined;
    for (const { urgency, row } of this.#levels) {
      const { first } = row;
      if (first === undefined || first.dueMs >= sinceMs) continue;
      if (first.rank > best.rank || (first.rank === best.rank && urgency < best.urgency)) {
        found = older(found, first);
      }
    }
    return found;
  }

  /** Leaves out those that no longer wait, or are not wanted here. */
  clear(isWanted?: (job: Job) => boolean): void {
    for (const row of this.#rows) row.clear(isWanted);
    this.#levels = this.#levels.filter(({ urgency, row }) => urgency === 0 || row.size > 0);
  }

  /** All that wait. */
  *[Symbol.iterator](): Generator<Job> {
    for (const row of this.#rows) yield* row;
  }

  /** All that wait have the rank that most have, as in nearly every line. */
  get #isPlain(): boolean {
    return this.#levels.length === 1 && this.#late === null;
  }

  get #rows(): readonly Row<Job>[] {
    const rows = this.#levels.map(({ row }) => row);
    return this.#late === null ? rows : [...rows, this.#late];
  }

  #rowOf(urgency: number): Row<Job> {
    let level = this.#levels.find((one) => one.urgency === urgency);
    if (!level) {
      level = { urgency, row: new Row(waits) };
      this.#levels = [...this.#levels, level].sort((one, other) => other.urgency - one.urgency);
    }
    return level.row;
  }
}

/** Who waits longer. */
function older(one: Job | undefined, other: Job | undefined): Job | undefined {
  return one === undefined || (other !== undefined && other.dueMs < one.dueMs) ? other : one;
}
