/**
 * Who worked while workers had jobs. Jobs lie side by side in a worker, so each second the time in
 * which workers had jobs is given out to the kinds of jobs by how long theirs ran in it. What is given
 * out is never more than workers had jobs, and that is never more than they lived.
 *
 * @module
 */
import type { Job } from "../job.ts";
import type { Spell } from "../spell.ts";
import type { Tally } from "./tally.ts";

/** A worker, as far as its time goes. */
export interface Clocked {
  readonly bornMs: number;
  readonly alive: boolean;
  readonly spell: Pick<Spell, "busyMs">;
  readonly slots: { readonly begun: readonly Job[]; readonly running: number };
}

/** Time of workers since the last look, ms. */
export interface Shift {
  /** That they lived. */
  readonly livedMs: number;
  /** That they had jobs. */
  readonly busyMs: number;
}

/** The time of all workers. */
export class TimeSheet {
  #lookedMs: number;
  /** The look before that. */
  #beforeMs: number;
  /** Time with jobs of each worker until the last look, ms. */
  #busyMs = new Map<Clocked, number>();

  /** Begins at `nowMs`. */
  constructor(nowMs: number) {
    this.#lookedMs = this.#beforeMs = nowMs;
  }

  /**
   * Of an attempt that was begun at `startedMs` and took `durationMs`, what no look has seen. It may
   * have ended before the last one: an ending is told when it is safe.
   */
  unseenMs(startedMs: number, durationMs: number): number {
    const isOld = startedMs + durationMs < this.#lookedMs;
    const sinceMs = isOld ? this.#beforeMs : this.#lookedMs;
    return Math.max(0, durationMs - Math.max(0, sinceMs - startedMs));
  }

  /** A second is over: gives the time of `workers` out to the tallies of jobs. */
  look(
    workers: readonly Clocked[],
    nowMs: number,
    tallyOf: (job: Job) => Tally,
    tallies: () => Iterable<Tally>,
  ): Shift {
    const sinceMs = this.#lookedMs;
    const busyMs = new Map<Clocked, number>();
    const shift = { livedMs: 0, busyMs: 0 };
    // One that has died since the last look counts until this one.
    const all = new Set(workers.filter(({ alive }) => alive)).union(new Set(this.#busyMs.keys()));
    for (const worker of all) {
      const livedMs = nowMs - Math.max(sinceMs, worker.bornMs);
      const allMs = worker.spell.busyMs(nowMs);
      if (worker.alive) busyMs.set(worker, allMs);
      shift.livedMs += livedMs;
      shift.busyMs += Math.min(livedMs, allMs - (this.#busyMs.get(worker) ?? 0));
      if (!worker.alive || worker.slots.running === 0) continue;
      for (const job of worker.slots.begun) {
        tallyOf(job).workedMs += nowMs - Math.max(sinceMs, job.startedMs);
      }
    }
    this.#busyMs = busyMs;
    this.#beforeMs = sinceMs;
    this.#lookedMs = nowMs;
    giveOut(shift.busyMs, tallies());
    return shift;
  }
}

/** No job has more of a worker than the time it ran: the rest is that of messages on their way. */
function giveOut(busyMs: number, all: Iterable<Tally>): void {
  const tallies = [...all].filter(({ workedMs }) => workedMs > 0);
  const workedMs = tallies.reduce((sum, tally) => sum + tally.workedMs, 0);
  for (const tally of tallies) {
    tally.give(tally.workedMs / 1_000 * Math.min(1, busyMs / workedMs));
    tally.workedMs = 0;
  }
}
