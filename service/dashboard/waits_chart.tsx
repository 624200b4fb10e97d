/**
 * Waits of each class over time, beside run times.
 *
 * @module
 */
import { h } from "preact";
import type { SeriesPage } from "../../messages/series.ts";
import { useAsked } from "./asked.ts";
import { Chart } from "./chart.tsx";
import { Panel } from "./panel.tsx";
import type { Line } from "./plot.ts";
import { columnsOf } from "./points.ts";
import { asked, rangeS, slot } from "./range.tsx";

const classes = ["high", "normal", "low"];

const lines: readonly Line[] = [
  ...classes.map((label, i) => ({ label, colour: [5, 3, 6][i]!, unit: "waitMs" })),
  { label: "run time", colour: 2, unit: "durationMs", isDashed: true },
];

/** 95th percentiles. */
export function WaitsChart() {
  const { step, ms } = slot();
  const span = `range=${asked()}&step=${step}`;
  const waits = useAsked<SeriesPage>(`metrics/query?names=waitMs&by=priority&${span}`, 10_000);
  const runs = useAsked<SeriesPage>(`metrics/query?names=durationMs&${span}`, 10_000);
  const series = [...waits.data?.series ?? [], ...runs.data?.series ?? []];
  const columns = columnsOf(series, [
    ...classes.map((label) => ({ name: "waitMs", of: "p95", label } as const)),
    { name: "durationMs", of: "p95" },
  ], ms);
  return (
    <Panel title="Queue wait of each class, and run time: p95">
      <Chart
        name="Queue wait p95"
        lines={lines}
        columns={columns}
        rangeS={rangeS()}
        areGapsSpanned
      />
    </Panel>
  );
}
