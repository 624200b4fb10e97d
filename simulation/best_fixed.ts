/**
 * The best that a pool of one size could have done, found in hindsight.
 *
 * @module
 */
import { serve } from "./servers.ts";
import { simulate, type SimulateOptions } from "./simulate.ts";
import { type Workload, workMs } from "./workload.ts";

/** Sizes tried: each is so much larger than the one before, at first. */
const factor = 1.35;
/** Sizes in a row that cost more than the best so far, after which no larger one is tried. */
const missesMax = 8;

/** A size and what it costs. */
export interface Fixed {
  /** Workers. */
  readonly workers: number;
  /** As in an outcome. */
  readonly cost: number;
  /** Jobs that waited longer than they may, of all. */
  readonly latePercent: number;
}

/** How far is searched, and what for. */
export interface FixedSearch {
  /** Is given every size that is tried. */
  readonly tried?: Map<number, Fixed>;
  /** Whether no further size is to be simulated; those that need no simulation are tried. Default: never. */
  readonly isOver?: () => boolean;
}

/**
 * The fixed size that costs least, from `min` to `max`: the best of sizes that grow in proportion, and
 * then of ever finer steps around it.
 */
export async function bestFixed(
  workload: Workload,
  options: Omit<SimulateOptions, "policy"> = {},
  { tried: known = new Map(), isOver = () => false }: FixedSearch = {},
): Promise<Fixed> {
  const { min = 1, max = 400 } = options;
  const at = async (size: number): Promise<Fixed> => {
    const workers = Math.max(1, min, Math.min(max, size));
    let fixed = known.get(workers);
    if (fixed) return fixed;
    if (known.size > 0 && isScarce(workload, workers, options) && isOver()) {
      return { workers, cost: Infinity, latePercent: 100 };
    }
    known.set(workers, fixed = await fixedAt(workload, workers, options));
    return fixed;
  };
  const load = Math.ceil(workMs(workload) / Math.max(1, workload.spanMs));
  let best = await at(load);
  // Where all are late anyway, fewer cost less: the least cost may lie far beyond.
  for (let misses = 0, next = best.workers; next < max && misses < missesMax;) {
    next = Math.min(max, Math.max(next + 1, Math.round(next * factor)));
    const fixed = await at(next);
    if (fixed.cost < best.cost) [best, misses] = [fixed, 0];
    else misses++;
  }
  for (let step = Math.max(1, Math.round(best.workers * (factor - 1) / 2)); step >= 1;) {
    const [less, more] = [await at(best.workers - step), await at(best.workers + step)];
    const better = less.cost < more.cost ? less : more;
    if (better.cost < best.cost) best = better;
    else step = step === 1 ? 0 : Math.ceil(step / 2);
  }
  return best;
}

async function fixedAt(
  workload: Workload,
  workers: number,
  options: Omit<SimulateOptions, "policy">,
): Promise<Fixed> {
  const { waitTargetMs = 150, latePriceRuns = 10, slots = 1 } = options;
  if (isScarce(workload, workers, options)) {
    const out = await simulate(workload, { ...options, policy: { name: "fixed", workers } });
    return { workers, cost: out.cost, latePercent: out.latePercent };
  }
  const { waitsMs, endMs } = serve(workload, workers * slots);
  const late = waitsMs.reduce((count, ms) => ms > waitTargetMs ? count + 1 : count, 0);
  const work = workMs(workload);
  const jobs = Math.max(1, waitsMs.length);
  const workerMs = workers * Math.max(workload.spanMs, endMs);
  const cost = work === 0 ? 0 : (workerMs + latePriceRuns * work / jobs * late) / work;
  return { workers, cost, latePercent: 100 * late / jobs };
}

/** Anything but free workers decides when a job is begun or ends: that has to be simulated. */
function isScarce(
  { ranks }: Workload,
  workers: number,
  options: Omit<SimulateOptions, "policy">,
): boolean {
  const { cpuRatio = 0, slots = 1, ordering, machine, max = 400 } = options;
  const { cores = 8, memoryBytes = Infinity, baseBytes = 0, workerBytes = 0 } = machine ?? {};
  return workers * slots * cpuRatio > cores || ranks !== null ||
    (ordering !== undefined && ordering.name !== "classic") ||
    baseBytes + max * workerBytes > memoryBytes;
}
