/**
 * The jobs of one operation in a lane: those that wait, how many are in workers, and how many
 * workers it was seen to need lately.
 *
 * @module
 */
import { classes, type Job } from "./job.ts";
import { Line } from "./line.ts";
import type { Occupant } from "./stay.ts";

/** What was needed is remembered for so long at least, and twice that at most, ms. */
const windowMs = 1_000;

/** One operation. */
export class Bay implements Occupant {
  readonly name: string;
  /** Its place in tables of bays. */
  readonly index: number;
  /** Those that wait, by class. */
  readonly lines = classes.map(() => new Line());
  sent = 0;
  workers = 0;
  /** Workers it may be in, as it was found last. */
  most = Infinity;
  /** Workers needed by class, in this window and in the one before. */
  #now = classes.map(() => 0);
  #before = classes.map(() => 0);
  #sinceMs = 0;

  /** Nobody waits yet. */
  constructor(name: string, index: number) {
    this.name = name;
    this.index = index;
  }

  /** The next one, undefined when none waits; places of jobs that have left are cleared away. */
  get first(): Job | undefined {
    for (let rank = 0; rank < this.lines.length; rank++) {
      const { first } = this.lines[rank]!;
      if (first !== undefined) return first;
    }
    return undefined;
  }

  /** Takes the next one. */
  take(): Job | undefined {
    for (let rank = 0; rank < this.lines.length; rank++) {
      const job = this.lines[rank]!.take();
      if (job !== undefined) return job;
    }
    return undefined;
  }

  /**
   * The one that waits longest of those that `best` goes before, in its class or in worse ones, see
   * {@link Line.behind}.
   */
  behind(best: Job, sinceMs: number, inClass: boolean): Job | undefined {
    if (inClass) return this.lines[best.rank]!.behind(best, sinceMs);
    let found: Job | undefined;
    for (let rank = best.rank + 1; rank < this.lines.length; rank++) {
      const job = this.lines[rank]!.behind(best, sinceMs);
      if (job && (!found || job.dueMs < found.dueMs)) found = job;
    }
    return found;
  }

  /** Notes what it needs now: the workers it is in, and one more while it waits. */
  note(waiting: Job | undefined, nowMs: number): void {
    if (nowMs - this.#sinceMs >= windowMs) {
      this.#before = nowMs - this.#sinceMs < 2 * windowMs ? this.#now : classes.map(() => 0);
      this.#now = classes.map(() => 0);
      this.#sinceMs = nowMs;
    }
    const need = this.workers + (waiting ? 1 : 0);
    const rank = waiting?.rank ?? 1;
    if (need > this.#now[rank]!) this.#now[rank] = need;
  }

  /** Workers it was seen to need lately for jobs of class `rank` or a better one. */
  need(rank: number): number {
    let most = 0;
    for (let better = 0; better <= rank; better++) {
      most = Math.max(most, this.#now[better]!, this.#before[better]!);
    }
    return most;
  }
}
