/**
 * Tells when an operation has become slower than it was, and stays so: a sum of how much each tick
 * is above what was learned at first, less what chance explains (a one-sided CUSUM). What jobs of
 * other operations do to a mean can't be mistaken for it, as each operation has its own.
 *
 * Times are compared as logarithms, so that twice as slow counts the same for all operations and a
 * single slow job counts little. Where times don't hang together a false alarm comes after more than
 * 20,000 ticks; +20 % is told after 67 ticks, +50 % after 15, +100 % after 7, where a tick is known
 * to within a quarter.
 *
 * @module
 */

/** Deviations of a tick that chance explains, and sum of the others at which it is told. */
const slack = .5;
const toldAt = 15;
/** What is learned from at least, before anything is judged. */
const jobsMin = 200;
const ticksMin = 200;
/**
 * A tick counts as the mean of no more jobs than 1/200 of those learned from: what was learned is
 * not exact either, and the same error comes back in every tick.
 */
const ticksPerBaseline = 200;
/** Less slow than this is not told, however surely it is so: 5 %. */
const leastRatio = 1.05;
/** Shortest time that is told from another, ms. */
const leastMs = 1e-3;

/** The times of the jobs of one operation that ended within one tick, added up. */
export interface Tick {
  readonly jobs: number;
  /** Sum of their {@link logOf}, and of its squares. */
  readonly sum: number;
  readonly squares: number;
}

/** What is known of one operation; plain data. */
export interface Regression {
  /** What was learned, and from how much. It is frozen once it is {@link isLearned}. */
  readonly ticks: number;
  readonly jobs: number;
  readonly sum: number;
  readonly squares: number;
  /** Of the ticks: squares of their sums by their jobs, and squares of their jobs. */
  readonly between: number;
  readonly jobsSquares: number;
  /** How much is above what was learned, 0 to the sum at which it is told. */
  readonly excess: number;
  /** Ticks since it was 0 last, and the sum of what they were above, as logarithms. */
  readonly sinceTicks: number;
  readonly above: number;
  /** It is slower, from the tick at which it is told to the one in which it is as before. */
  readonly isSlower: boolean;
}

/** How a time of a job, ms, counts. */
export const logOf = (timeMs: number): number => Math.log(Math.max(leastMs, timeMs));

/** A tick without jobs, to add to. */
export const noJobs: Tick = Object.freeze({ jobs: 0, sum: 0, squares: 0 });

/** Adds the time of a job; one that is negative or not finite changes nothing. */
export function addTime({ jobs, sum, squares }: Tick, timeMs: number): Tick {
  if (!(timeMs >= 0 && timeMs < Infinity)) return { jobs, sum, squares };
  const log = logOf(timeMs);
  return { jobs: jobs + 1, sum: sum + log, squares: squares + log * log };
}

/** Nothing learned yet. */
export const unlearned: Regression = Object.freeze({
  ticks: 0,
  jobs: 0,
  sum: 0,
  squares: 0,
  between: 0,
  jobsSquares: 0,
  excess: 0,
  sinceTicks: 0,
  above: 0,
  isSlower: false,
});

/** What an operation is compared with is known, and does not change any more. */
export const isLearned = ({ jobs, ticks }: Regression): boolean =>
  jobs >= jobsMin && ticks >= ticksMin;

/** How many times as long its jobs take since it began to be slower; 1 where it is not. */
export const slowerBy = ({ isSlower, above, sinceTicks }: Regression): number =>
  isSlower ? Math.exp(above / sinceTicks) : 1;

/** A tick is over. One without jobs says nothing. */
export function takeTick(before: Regression, tick: Tick): Regression {
  const { jobs, sum, squares } = tick;
  if (jobs === 0) return before;
  if (isLearned(before)) return judged(before, tick);
  return {
    ...before,
    ticks: before.ticks + 1,
    jobs: before.jobs + jobs,
    sum: before.sum + sum,
    squares: before.squares + squares,
    between: before.between + sum * sum / jobs,
    jobsSquares: before.jobsSquares + jobs * jobs,
  };
}

function judged(before: Regression, { jobs, sum }: Tick): Regression {
  const above = sum / jobs - before.sum / before.jobs;
  const least = Math.log(leastRatio) / slack;
  const deviation = Math.max(least, deviationOf(before, jobs));
  const excess = Math.min(toldAt, Math.max(0, before.excess + above / deviation - slack));
  if (excess === 0) return { ...before, excess, sinceTicks: 0, above: 0, isSlower: false };
  return {
    ...before,
    excess,
    sinceTicks: before.sinceTicks + 1,
    above: before.above + above,
    isSlower: before.isSlower || excess >= toldAt,
  };
}

/**
 * Standard deviation of the mean of `jobs` jobs: of chance among jobs, and of what whole ticks have
 * in common (a busy machine), each as it was while learning.
 */
function deviationOf(learned: Regression, jobs: number): number {
  const { ticks, sum, squares, between, jobsSquares } = learned;
  const all = learned.jobs;
  const middle = sum * sum / all;
  const counted = Math.min(jobs, all / ticksPerBaseline);
  if (all === ticks) return Math.sqrt(Math.max(0, squares - middle) / (all - 1) / counted);
  const inside = Math.max(0, squares - between) / (all - ticks);
  const among = Math.max(0, between - middle) / (ticks - 1);
  const shared = Math.max(0, (among - inside) * (ticks - 1) / (all - jobsSquares / all));
  return Math.sqrt(inside / counted + shared);
}
