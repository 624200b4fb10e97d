/**
 * Ends what commands leave behind when they end: processes that fled their session while the
 * worker lives on.
 *
 * Many ends are looked at together: at most every 500 ms, and for 2 % of the time.
 *
 * @module
 */
import { type Enclosure, everyMark, killFamilies } from "./enclosure.ts";

/** Time between two looks, ms. */
const everyMs = 500;
/** Time for more commands to end before the first look, ms. */
const gatherMs = 50;
/** Share of the time that looking may take. */
const shareMax = 0.02;
/** Looks one after another while there is always someone to end. */
const looksMax = 5;

/**
 * Ended commands of one worker that something may be left of. Two looks have to see nothing of one
 * before it is forgotten: a process that is just becoming another program shows no mark.
 */
interface Ended {
  readonly enclosure: Enclosure;
  /** Of which no look has been taken since they ended, or which have shown something in the last. */
  fresh: number[];
  /** Of which the last look has seen nothing. */
  unseen: number[];
}

/** Looks for left processes of all workers. */
export class Sweeper {
  /** By the mark of their worker. */
  readonly #ended = new Map<string, Ended>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #nextMs = 0;

  /** Processes that were ended so far. */
  ended = 0;
  /** Time spent looking so far, ms. */
  tookMs = 0;

  /** A command has ended; all that carries its number in its mark has to go. */
  left(enclosure: Enclosure, run: number): void {
    let entry = this.#ended.get(enclosure.mark);
    if (!entry) this.#ended.set(enclosure.mark, entry = { enclosure, fresh: [], unseen: [] });
    entry.fresh.push(run);
    this.#arm();
  }

  /** The worker is gone, and all it started. */
  forget(enclosure: Enclosure): void {
    this.#ended.delete(enclosure.mark);
    if (this.#ended.size === 0) this.close();
  }

  /** Looks no more. */
  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #arm(): void {
    if (this.#timer !== undefined) return;
    const delayMs = Math.max(gatherMs, this.#nextMs - performance.now());
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#look();
    }, delayMs);
  }

  #look(): void {
    const startMs = performance.now();
    for (let looks = 0; looks < looksMax && this.#pass() > 0; looks++);
    const tookMs = performance.now() - startMs;
    this.tookMs += tookMs;
    this.#nextMs = startMs + Math.max(everyMs, tookMs / shareMax);
    if (this.#ended.size > 0) this.#arm();
  }

  /** One look at all; returns how many were ended. Commands of which nothing is left are forgotten. */
  #pass(): number {
    const entries = [...this.#ended.values()];
    const marks = entries.some(({ enclosure }) => !enclosure.tellsOrphans) ? everyMark() : null;
    let ended = 0;
    for (const entry of entries) {
      const { enclosure, fresh, unseen } = entry;
      const all = enclosure.tellsOrphans ? enclosure.orphans() : marks!;
      const start = `${enclosure.mark}/`;
      const pids: number[] = [];
      const seen: number[] = [];
      for (const [pid, mark] of all) {
        if (!mark.startsWith(start)) continue;
        const run = Number(mark.slice(start.length));
        if (!fresh.includes(run) && !unseen.includes(run)) continue;
        pids.push(pid);
        seen.push(run);
      }
      ended += killFamilies(pids);
      entry.unseen = seen.length === 0 ? fresh : fresh.filter((run) => !seen.includes(run));
      entry.fresh = seen;
      if (seen.length === 0 && fresh.length === 0) this.#ended.delete(enclosure.mark);
    }
    this.ended += ended;
    return ended;
  }
}
