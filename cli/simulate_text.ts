/**
 * What came of simulations, for people: a table and curves.
 *
 * @module
 */
import type { Report, ReportRow } from "../simulation/what_if.ts";
import { oneLine } from "./complain.ts";

/** A row for each policy, and what it is measured by. */
export function table(report: Report): string {
  const { trace, jobs, spanS, serviceMeanMs, remarks, rows, bestFixed } = report;
  const head = `${oneLine(trace)}: ${jobs} jobs in ${time(spanS * 1_000)}, ${
    time(serviceMeanMs)
  } each on average`;
  const columns = ["policy", "wait p50", "p95", "p99", "late", "worker time", "resizes", "cost"];
  const isMany = rows.length > 1;
  const cells = [
    [...columns, "regret", ...(isMany ? ["front"] : [])],
    ...rows.map((row) => [...cellsOf(row), ...(isMany ? [row.isOnFront ? "*" : ""] : [])]),
  ];
  const widths = cells[0]!.map((_, i) => Math.max(...cells.map((row) => row[i]!.length)));
  const lines = cells.map((row) =>
    row.map((cell, i) => i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)).join("  ")
      .trimEnd()
  );
  const { workers, cost, latePercent } = bestFixed;
  const best = `the best fixed size is ${workers}: cost ${cost.toFixed(2)}, ${
    percent(latePercent)
  } late`;
  return [head, ...remarks.map((remark) => `note: ${oneLine(remark)}`), ...lines, best].join("\n");
}

function cellsOf(row: ReportRow): string[] {
  return [
    oneLine(row.policy),
    time(row.waitP50Ms),
    time(row.waitP95Ms),
    time(row.waitP99Ms),
    percent(row.latePercent),
    time(row.workerSeconds * 1_000),
    String(row.resizes),
    row.cost.toFixed(2),
    `${row.regretPercent > 0 ? "+" : ""}${row.regretPercent.toFixed(0)} %`,
  ];
}

const bars = "▁▂▃▄▅▆▇█";

/** Workers over time, under what the jobs would keep busy. */
export function plot({ rows, loadCurve }: Report): string {
  const curves: [string, readonly number[]][] = [
    ["work", loadCurve],
    ...rows.map(({ policy, workersCurve }): [string, readonly number[]] => [policy, workersCurve]),
  ];
  const top = Math.max(...curves.flatMap(([, curve]) => curve), 1e-9);
  const width = Math.max(...curves.map(([name]) => name.length));
  const line = ([name, curve]: [string, readonly number[]]) =>
    `${oneLine(name).padEnd(width)} ${curve.map((value) => bar(value / top)).join("")}`;
  return [...curves.map(line), `${" ".repeat(width)} █ is ${top.toFixed(1)} workers`].join("\n");
}

const bar = (ratio: number) =>
  ratio === 0 ? " " : bars[Math.min(bars.length - 1, Math.floor(ratio * bars.length))]!;

const percent = (value: number) => `${value.toFixed(1)} %`;

/** A time in as many digits as matter. */
export function time(ms: number): string {
  if (ms < 999.5) return `${ms < 9.95 && ms > 0 ? ms.toFixed(1) : Math.round(ms)} ms`;
  const s = ms / 1_000;
  if (s < 600) return `${s.toFixed(1)} s`;
  return s < 36_000 ? `${(s / 60).toFixed(0)} min` : `${(s / 3_600).toFixed(1)} h`;
}
