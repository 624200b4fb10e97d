/**
 * Answers what is asked about numbers over time.
 *
 * @module
 */
import type {
  Breakdown,
  CountedPoint,
  MeasuredPoint,
  SeriesPage,
  SeriesQuery,
  TimeSeries,
} from "../../messages/series.ts";
import { type Histogram, quantile } from "../../policies/estimators/histogram.ts";
import { classes } from "../job.ts";
import type { Level, Levels } from "./levels.ts";
import { distributions, isLevel, sums } from "./names.ts";
import { parseQuery } from "./parse.ts";
import { readJobs, readLevels, type Tallies, timeOf } from "./read.ts";
import type { Series } from "./series.ts";
import type { Tally } from "./tally.ts";

const iso = (ms: number) => new Date(ms).toISOString();

/** The series of a query; throws Refusal where it is none. */
export async function querySeries(series: Series, given: SeriesQuery): Promise<SeriesPage> {
  const { names, rangeMs, step, by, wanted } = parseQuery(given);
  const wallMs = series.clock.wallMs();
  const time = timeOf(step, rangeMs, wallMs);
  const jobs = names.every(isLevel)
    ? new Map<string | null, Tallies>()
    : await readJobs(series, time, by === undefined ? wanted : { ...wanted, by });
  const seen = names.some(isLevel) ? await readLevels(series, time) : new Map<number, Levels>();
  const found = names.flatMap((name) =>
    isLevel(name) ? levelSeries(name, seen, by) : jobSeries(name, jobs, by)
  );
  return {
    from: iso(time.from),
    to: iso(wallMs),
    step,
    series: found.filter(({ points }) => points.length > 0),
  };
}

/** What was looked at has no labels, but for the class. */
function levelSeries(
  name: string,
  seen: ReadonlyMap<number, Levels>,
  by: Breakdown | undefined,
): TimeSeries[] {
  const pointsOf = (known: string) =>
    inOrder(seen).flatMap(([at, { byName }]) => {
      const level = byName.get(known);
      return level ? [levelPoint(at, level)] : [];
    });
  if (by === undefined) return [{ name, labels: {}, points: pointsOf(name) }];
  return classes.map((priority) => ({
    name,
    labels: { priority },
    points: pointsOf(`${name}:${priority}`),
  }));
}

function jobSeries(
  name: string,
  jobs: ReadonlyMap<string | null, Tallies>,
  by: Breakdown | undefined,
): TimeSeries[] {
  const distribution = distributions[name];
  const pointOf = (at: number, tally: Tally): readonly (MeasuredPoint | CountedPoint)[] =>
    distribution ? measuredPoint(at, distribution(tally)) : countedPoint(at, sums[name]!(tally));
  const series = [...jobs].map(([label, tallies]) => ({
    name,
    labels: by === undefined ? {} : { [by]: label },
    points: inOrder(tallies).flatMap(([at, tally]) => pointOf(at, tally)),
  }));
  const words = ({ labels }: TimeSeries) => Object.values(labels).join();
  return series.sort((one, other) => words(one) < words(other) ? -1 : 1);
}

const inOrder = <T>(slots: ReadonlyMap<number, T>) => [...slots].sort(([a], [b]) => a - b);

const levelPoint = (at: number, { count, min, max, sum, p95 }: Level): MeasuredPoint => ({
  at: iso(at),
  count,
  min,
  avg: sum / count,
  max,
  p95,
});

function measuredPoint(at: number, histogram: Histogram): MeasuredPoint[] {
  const { count, sum, min, max } = histogram;
  if (count === 0) return [];
  return [{ at: iso(at), count, min, avg: sum / count, max, p95: quantile(histogram, 0.95)! }];
}

const countedPoint = (at: number, sum: number): CountedPoint[] => [{ at: iso(at), sum }];
