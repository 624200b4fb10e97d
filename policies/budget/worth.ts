/**
 * What workers are worth to a pool.
 *
 * @module
 */
import { waitsLonger } from "../estimators/erlang.ts";

/** What a pool has to do. */
export interface Work {
  /** Workers that would be busy with it all the time. */
  readonly load: number;
  /** Mean time that a job takes, ms. */
  readonly serviceMs: number;
  /** Wait after which a job is late, ms. */
  readonly waitMs: number;
}

/** What a late job costs, in times of its own duration. */
const latePrice = 10;
/** A worker that saves less is worth nothing. */
const worthLeast = 1e-6;
/** Loads above this are all the same: more than any budget. */
const loadMost = 1_000;

/**
 * What the 1st, 2nd, ... worker saves of lateness, in what a worker costs; at most `most` of them.
 * It never rises: as long as there are too few for the work, each is worth the same share of all
 * that enough of them would save.
 */
export function worths({ load, serviceMs, waitMs }: Work, most: number): number[] {
  if (!(load > 0)) return [];
  const queue = { load: Math.min(load, loadMost), service: Math.max(serviceMs, 1e-3) };
  const saved = (workers: number) =>
    latePrice * queue.load * (1 - waitsLonger(workers, waitMs, queue));
  // Where the line from nothing is steepest: before, more workers are of more use than each one.
  let enough = Math.floor(queue.load) + 1;
  let here = saved(enough);
  for (let next = saved(enough + 1); next * enough > here * (enough + 1);) {
    enough++;
    here = next;
    next = saved(enough + 1);
  }
  const all = new Array<number>(Math.min(enough, most)).fill(here / enough);
  for (let workers = enough + 1; workers <= most; workers++) {
    const there = saved(workers);
    if (there - here < worthLeast) break;
    all.push(there - here);
    here = there;
  }
  return all;
}
