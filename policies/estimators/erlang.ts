/**
 * What is known of queues with several servers: how many jobs wait, and for how long.
 *
 * Loads are in workers: `load = arrivals per second x seconds a job takes`. All of it holds for a
 * load that stays as it is for some job times; A. K. Erlang (1917), Allen and Cunneen (1978) for
 * times that are not exponential, Hayward (1959) for arrivals that come in lumps.
 *
 * @module
 */

/** Standard deviations below the load from where on the recursion is as good as from 0. */
const farBelow = 8;

/** A queue in numbers; a time has any unit, the same in both. */
export interface Waiting {
  /** Workers that are busy on average. */
  readonly load: number;
  /** Mean time that a job takes. */
  readonly service: number;
  /**
   * How uneven arrivals and times are, (ca² + cs²) / 2 of their coefficients of variation: 1 for
   * independent arrivals of exponential times, .5 where all jobs take the same time.
   */
  readonly variability?: number;
}

/** Erlang B: the share of jobs that find all of `workers` busy where nobody waits, 0..1. */
export function erlangB(workers: number, load: number): number {
  if (!(load > 0)) return workers > 0 ? 0 : 1;
  const [from, ratio] = start(load, workers);
  let blocked = ratio;
  for (let n = from + 1; n <= workers; n++) blocked = load * blocked / (n + load * blocked);
  return blocked;
}

/** Erlang C: the share of jobs that have to wait, 0..1; 1 where the load is too much. */
export function erlangC(workers: number, load: number): number {
  return workers > load ? waits(erlangB(workers, load), workers, load) : 1;
}

/** The share of jobs that wait for longer than `wait`, 0..1; 1 where the load is too much. */
export function waitsLonger(workers: number, wait: number, queue: Waiting): number {
  return workers > queue.load ? tail(erlangB(workers, queue.load), workers, wait, queue) : 1;
}

/** Mean wait of all jobs, those that don't wait included; Infinity where the load is too much. */
export function meanWait(workers: number, { load, service, variability = 1 }: Waiting): number {
  if (!(workers > load)) return Infinity;
  return erlangC(workers, load) * service / (workers - load) * variability;
}

/** Workers for which at most `ratio` of all jobs wait for longer than `wait`. */
export function workersFor(queue: Waiting, wait: number, ratio: number): number {
  return leastWorkers(queue.load, (blocked, n) => tail(blocked, n, wait, queue) <= ratio);
}

/**
 * The fewest workers above the load that `enough` is content with, told what share would be blocked
 * (Erlang B); one pass over all sizes. 0 without a load. `most` is the answer where none is enough.
 */
export function leastWorkers(
  load: number,
  enough: (blocked: number, workers: number) => boolean,
  most = 10_000,
): number {
  if (!(load > 0)) return 0;
  const least = Math.floor(load) + 1;
  if (least >= most) return most;
  let blocked = erlangB(least, load);
  for (let n = least; n < most; n++) {
    if (enough(blocked, n)) return n;
    blocked = load * blocked / (n + 1 + load * blocked);
  }
  return most;
}

/** The most load that `workers` bear with at most `ratio` of jobs waiting for longer than `wait`. */
export function loadFor(
  workers: number,
  wait: number,
  ratio: number,
  queue: Omit<Waiting, "load">,
): number {
  let [low, high] = [0, workers];
  for (let i = 0; i < 40; i++) {
    const load = (low + high) / 2;
    if (waitsLonger(workers, wait, { ...queue, load }) <= ratio) low = load;
    else high = load;
  }
  return low;
}

/** What `workers` do for arrivals `peakedness` times as uneven as independent ones (Hayward). */
export function peaked(load: number, peakedness: number, size: (load: number) => number): number {
  const lump = Math.max(1, peakedness);
  return Math.ceil(lump * size(load / lump) - 1e-9);
}

/** Erlang C of what Erlang B says. */
export function waits(blocked: number, workers: number, load: number): number {
  return blocked / (1 - load / workers * (1 - blocked));
}

/** The share that waits for longer than `wait`, of what Erlang B says. */
export function tail(blocked: number, workers: number, wait: number, queue: Waiting): number {
  const { load, service, variability = 1 } = queue;
  const decay = (workers - load) * wait / (service * Math.max(variability, 1e-9));
  return waits(blocked, workers, load) * Math.exp(-decay);
}

/**
 * Where to begin: far below, a pool is always full, and the recursion forgets how it began. Of a
 * start at `n` about 1 - n / load is blocked, and a little more.
 */
function start(load: number, workers: number): readonly [from: number, blocked: number] {
  const near = farBelow * (1 + Math.sqrt(load));
  const from = Math.floor(Math.min(load, workers) - near);
  if (from <= 0) return [0, 1];
  return [from, 1 - from / load + from / (load * (load - from))];
}
