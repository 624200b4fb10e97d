/**
 * The drawing of lines, with the library for it: it comes when the first chart is shown.
 *
 * @module
 */
import uPlot from "uplot";
import type { Mark } from "../../messages/overview.ts";
import { byName } from "./format.ts";
import type { Columns } from "./points.ts";

/** One line of a chart. */
export interface Line {
  readonly label: string;
  /** Number of its colour, 1..6. */
  readonly colour: number;
  /** A name whose ending tells the unit. */
  readonly unit: string;
  readonly isFilled?: boolean;
  readonly isDashed?: boolean;
  /** It keeps its value until the next one. */
  readonly isStepped?: boolean;
  /** It has a scale of its own, at the right. */
  readonly isRight?: boolean;
}

/** What a chart is made of. */
export interface ChartProps {
  /** What it shows, for those who can't see it. */
  readonly name: string;
  readonly lines: readonly Line[];
  readonly columns: Columns;
  /** Length of what is shown, s; it ends now. */
  readonly rangeS: number;
  readonly height?: number;
  /** Lines go on over slots that have no value. */
  readonly areGapsSpanned?: boolean;
  /** The scale reaches at least to here. */
  readonly atLeast?: number;
  readonly marks?: readonly Mark[];
  readonly onMarks?: (marks: readonly Mark[]) => void;
}

const two = (value: number) => String(value).padStart(2, "0");

/** Instants under the chart, as fine as there is room for. */
function instants(_plot: uPlot, splits: number[], _axis: number, _space: number, stepS: number) {
  return splits.map((at) => {
    const then = new Date(at * 1_000);
    if (stepS >= 86_400) return `${two(then.getMonth() + 1)}-${two(then.getDate())}`;
    const minutes = `${two(then.getHours())}:${two(then.getMinutes())}`;
    return stepS < 60 ? `${minutes}:${two(then.getSeconds())}` : minutes;
  });
}

/** Draws `now` into `box`; `point` hears which instant is under the pointer. */
export function makePlot(
  box: HTMLElement,
  now: { readonly current: ChartProps },
  point: (at: number | null) => void,
): uPlot {
  const { lines, height = 180, columns } = now.current;
  const style = getComputedStyle(document.documentElement);
  const colour = (variable: string) => style.getPropertyValue(variable).trim();
  const axis = {
    stroke: colour("--muted"),
    font: "11px system-ui, sans-serif",
    grid: { stroke: colour("--grid"), width: 1 },
    ticks: { show: false },
  };
  const yAxis = (scale: "y" | "right", unit: string): uPlot.Axis => ({
    ...axis,
    scale,
    size: scale === "y" ? 62 : 52,
    space: 34,
    values: (_plot, splits) => splits.map((value) => byName(unit, value)),
    ...(scale === "right" && { side: 1, grid: { show: false } }),
  });
  const right = lines.find(({ isRight }) => isRight);
  const upTo = (least: () => number): uPlot.Range.Function => (_plot, _min, max) => {
    const most = Math.max(max ?? 0, least());
    return [0, most > 0 ? most * 1.08 : 1];
  };
  const options: uPlot.Options = {
    width: Math.max(200, Math.floor(box.clientWidth)),
    height,
    padding: [10, 12, 0, 0],
    legend: { show: false },
    cursor: { sync: { key: "flyball" }, drag: { x: false, y: false }, points: { size: 6 } },
    scales: {
      x: {
        range: () => {
          const end = Math.max(Date.now() / 1_000, now.current.columns[0].at(-1) ?? 0);
          return [end - now.current.rangeS, end];
        },
      },
      y: { range: upTo(() => now.current.atLeast ?? 0) },
      ...(right && { right: { range: upTo(() => 4) } }),
    },
    axes: [
      { ...axis, values: instants, space: 70, size: 26 },
      yAxis("y", lines[0]!.unit),
      ...right ? [yAxis("right", right.unit)] : [],
    ],
    series: [
      {},
      ...lines.map((line): uPlot.Series => ({
        label: line.label,
        stroke: colour(`--c${line.colour}`),
        width: 1.75,
        spanGaps: now.current.areGapsSpanned ?? false,
        points: now.current.areGapsSpanned ? { size: 4 } : { show: false },
        scale: line.isRight ? "right" : "y",
        ...(line.isFilled && { fill: `${colour(`--c${line.colour}`)}26` }),
        ...(line.isDashed && { dash: [4, 4], width: 1.25 }),
        ...(line.isStepped && { paths: uPlot.paths.stepped!({ align: 1 }) }),
      })),
    ],
    hooks: {
      setCursor: [({ cursor: { idx, left = -1 } }) => point(left < 0 ? null : idx ?? null)],
    },
  };
  return new uPlot(options, columns as uPlot.AlignedData, box);
}
