/**
 * Makes a workload of what a service has recorded: it keeps how many jobs came in each slot of time,
 * and how long they took, by class.
 *
 * @module
 */
import type {
  CountedPoint,
  MeasuredPoint,
  SeriesPage,
  Step,
  TimeSeries,
} from "../messages/series.ts";
import { SeededRandom } from "./random.ts";
import { jobsMaxDefault } from "./read_trace.ts";
import { type PlannedJob, type Workload, workloadOf } from "./workload.ts";

/** What has to be asked of a service: these series, by class. */
export const recordedNames = ["enqueued", "durationMs"] as const;

const ranks: Readonly<Record<string, number>> = { high: 0, normal: 1, low: 2 };

const slotsMs: Readonly<Record<Step, number>> = {
  "10s": 10_000,
  "1m": 60_000,
  "1h": 3_600_000,
  "1d": 86_400_000,
};

/** Deviations of the 95th percentile of a normal variate. */
const p95Deviations = 1.645;

/**
 * The jobs that came in the slots of `page`, anywhere in their slots; each runs for a time by chance
 * with the mean and the 95th percentile of its slot (log-normal), or of the latest one before it in
 * which jobs had ended. A RangeError where there were none.
 */
export function recordedWorkload(name: string, page: SeriesPage, seed = 1): Workload {
  const random = new SeededRandom(seed);
  const slotMs = slotsMs[page.step];
  const from = Date.parse(page.from);
  const all = page.series.filter(({ name }) => name === "enqueued");
  const jobs = all.reduce(
    (sum, { points }) => points.reduce((some, point) => some + (point as CountedPoint).sum, sum),
    0,
  );
  if (jobs === 0) throw new RangeError(`${name}: no job has come in that time`);
  const keptRatio = Math.min(1, jobsMaxDefault / jobs);
  const planned = all.flatMap(({ labels, points }) => {
    const rank = ranks[labels.priority ?? "normal"] ?? 1;
    const times = timesOf(page, labels.priority);
    return points.flatMap((point): PlannedJob[] => {
      const { at, sum } = point as CountedPoint;
      const time = times(at);
      return Array.from({ length: Math.floor(sum * keptRatio + random.unit()) }, () => ({
        atMs: Math.max(0, Date.parse(at) - from + random.unit() * slotMs),
        serviceMs: time(random),
        rank,
      }));
    });
  });
  if (planned.length === 0) throw new RangeError(`${name}: no job is left of ${jobs}`);
  const spanMs = Math.max(Date.parse(page.to) - from, planned.at(-1)!.atMs);
  const remarks = keptRatio === 1
    ? []
    : [`thinned: ${planned.length} of ${jobs} jobs, so that pools are smaller in proportion`];
  return workloadOf(name, planned, spanMs, remarks);
}

/**
 * What `bootMs`, `cpuSeconds` and `durationMs` say of workers and jobs: the mean start, and for which
 * share of its time a job had a core.
 */
export function worldOf(
  series: readonly TimeSeries[],
): { readonly startMs?: number; readonly cpuRatio?: number } {
  const measured = (wanted: string) =>
    (series.find(({ name }) => name === wanted)?.points ?? []) as readonly MeasuredPoint[];
  const total = (points: readonly MeasuredPoint[]) =>
    points.reduce((sum, { avg, count }) => sum + avg * count, 0);
  const boots = measured("bootMs");
  const count = boots.reduce((sum, point) => sum + point.count, 0);
  const cpu = series.find(({ name }) => name === "cpuSeconds")?.points ?? [];
  const cpuMs = 1_000 * cpu.reduce((sum, point) => sum + (point as CountedPoint).sum, 0);
  const ranMs = total(measured("durationMs"));
  return {
    ...(count > 0 && { startMs: Math.round(total(boots) / count) }),
    ...(ranMs > 0 && { cpuRatio: Math.min(1, Math.round(100 * cpuMs / ranMs) / 100) }),
  };
}

type Draw = (random: SeededRandom) => number;

/** How long jobs of a class took, by the slot in which they came. */
function timesOf(page: SeriesPage, priority: string | null | undefined): (at: string) => Draw {
  const series = page.series.find(({ name, labels }) =>
    name === "durationMs" && labels.priority === priority
  );
  const points = (series?.points ?? []) as readonly MeasuredPoint[];
  return (at) => {
    const before = points.findLast((point) => point.at <= at) ?? points[0];
    return before === undefined ? () => 0 : drawOf(before);
  };
}

/** Times whose mean and 95th percentile are those of `point`. */
export function drawOf({ avg, p95, max }: Pick<MeasuredPoint, "avg" | "p95" | "max">): Draw {
  const ratio = Math.min(p95, max) / avg;
  if (!(ratio > 1)) return () => avg;
  // A log-normal variate has none beyond this.
  const root = Math.sqrt(Math.max(0, p95Deviations ** 2 - 2 * Math.log(ratio)));
  const deviation = p95Deviations - root;
  const middle = Math.log(avg) - deviation ** 2 / 2;
  return (random) => Math.exp(middle + deviation * random.normal());
}
