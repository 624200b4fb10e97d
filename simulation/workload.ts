/**
 * Jobs to be simulated.
 *
 * @module
 */

/** Jobs in the order of their arrival, in columns. */
export interface Workload {
  /** What it is called in tables. */
  readonly name: string;
  /** When each comes, ms from the beginning; never less than the one before. */
  readonly atMs: Float64Array;
  /** How long each runs where nothing disturbs it, ms. */
  readonly serviceMs: Float64Array;
  /** Class of each: 0 high, 1 normal, 2 low. Null: all are normal. */
  readonly ranks: Uint8Array | null;
  /** Time from the beginning to the end, in which jobs may come, ms. */
  readonly spanMs: number;
  /** What was left out of it or made up, in words; empty: nothing. */
  readonly remarks: readonly string[];
}

/** What all jobs take together, ms. */
export function workMs({ serviceMs }: Workload): number {
  return serviceMs.reduce((sum, ms) => sum + ms, 0);
}

/** The jobs that come from `fromMs` on and before `untilMs`, as if that were all. */
export function partOf(workload: Workload, fromMs: number, untilMs: number): Workload {
  const { atMs, serviceMs, ranks } = workload;
  const indexOf = (ms: number) => {
    const index = atMs.findIndex((at) => at >= ms);
    return index < 0 ? atMs.length : index;
  };
  const [first, next] = [indexOf(fromMs), indexOf(untilMs)];
  return {
    ...workload,
    atMs: atMs.slice(first, next).map((at) => at - fromMs),
    serviceMs: serviceMs.slice(first, next),
    ranks: ranks && ranks.slice(first, next),
    spanMs: untilMs - fromMs,
  };
}

/** A job to be put into a workload. */
export interface PlannedJob {
  /** When it comes, ms from the beginning. */
  readonly atMs: number;
  /** How long it runs undisturbed, ms. */
  readonly serviceMs: number;
  /** 0 high, 1 normal, 2 low. Default: 1. */
  readonly rank?: number;
}

/** A workload of `jobs` in any order; `spanMs` default: until the last one comes. */
export function workloadOf(
  name: string,
  jobs: readonly PlannedJob[],
  spanMs?: number,
  remarks: readonly string[] = [],
): Workload {
  const sorted = jobs.toSorted((one, other) => one.atMs - other.atMs);
  const hasRanks = sorted.some(({ rank = 1 }) => rank !== 1);
  return {
    name,
    atMs: Float64Array.from(sorted, ({ atMs }) => atMs),
    serviceMs: Float64Array.from(sorted, ({ serviceMs }) => serviceMs),
    ranks: hasRanks ? Uint8Array.from(sorted, ({ rank = 1 }) => rank) : null,
    spanMs: spanMs ?? sorted.at(-1)?.atMs ?? 0,
    remarks,
  };
}
