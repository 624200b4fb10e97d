/**
 * From series of the API to the columns that a chart draws.
 *
 * @module
 */
import type { TimeSeries } from "../../messages/series.ts";

/** Instants in seconds, then a column of values for each line; null is a gap. */
export type Columns = readonly [readonly number[], ...(readonly (number | null)[])[]];

/** Which number of a slot is drawn. */
export type Pick = "avg" | "max" | "min" | "p95" | "sum";

/** A line that is wanted: the name of its series, what tells it apart, and which number of it. */
export interface Wanted {
  readonly name: string;
  readonly of: Pick;
  /** Value of its label; left out: the series of all. */
  readonly label?: string;
}

/** What a slot holds. */
export type Point = Readonly<Partial<Record<Pick, number>>> & { readonly at: string };

/** One column for each wanted line over the instants of all of them. Slots of `stepMs` without a
 * point are gaps: a measure is not known there, but a count is 0. */
export function columnsOf(
  series: readonly TimeSeries[],
  wanted: readonly Wanted[],
  stepMs: number,
): Columns {
  const lines = wanted.map((line) => ({ ...line, points: pointsOf(series, line) }));
  const known = lines.flatMap(({ points }) => [...points.keys()]);
  if (known.length === 0) return [[], ...wanted.map(() => [])];
  const [first, last] = [Math.min(...known), Math.max(...known)];
  const instants: number[] = [];
  for (let at = first; at <= last; at += stepMs) instants.push(at);
  return [
    instants.map((at) => at / 1_000),
    ...lines.map(({ of, points }) =>
      instants.map((at) => points.get(at)?.[of] ?? (of === "sum" ? 0 : null))
    ),
  ];
}

function pointsOf(series: readonly TimeSeries[], { name, label }: Wanted): Map<number, Point> {
  const found = series.find((one) => {
    const labels = Object.values(one.labels);
    return one.name === name &&
      (label === undefined ? labels.length === 0 : labels.includes(label));
  });
  const points = (found?.points ?? []) as readonly Point[];
  return new Map(points.map((point) => [Date.parse(point.at), point]));
}

/** Columns of the past with those of the present behind them: where both know, the present holds. */
export function joined(past: Columns, present: Columns): Columns {
  const from = present[0][0] ?? Infinity;
  const end = past[0].findIndex((at) => at >= from);
  const kept = end < 0 ? past[0].length : end;
  return past.map((column, i) => [...column.slice(0, kept), ...(present[i] ?? [])]) as never;
}

/** The part of columns from an instant on, with one point before it so that lines begin at the edge. */
export function since(columns: Columns, fromS: number): Columns {
  const first = columns[0].findIndex((at) => at >= fromS);
  const from = first < 0 ? Math.max(0, columns[0].length - 1) : Math.max(0, first - 1);
  return columns.map((column) => column.slice(from)) as never;
}

/** The latest value of each line; null where none is known. */
export function latest(columns: Columns): (number | null)[] {
  return columns.slice(1).map((column) => column.findLast((value) => value !== null) ?? null);
}
