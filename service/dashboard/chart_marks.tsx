/**
 * Decisions and resizes above the lines they explain: buttons, so that keys reach them too.
 *
 * @module
 */
import { h } from "preact";
import type uPlot from "uplot";
import type { Mark } from "../../messages/overview.ts";
import { clock } from "./format.ts";
import { clusters, says, wayOf } from "./marks.ts";
import type { Columns } from "./points.ts";

/** Least distance between two buttons, px. */
const gap = 16;

interface ChartMarksProps {
  readonly plot: uPlot;
  readonly marks: readonly Mark[];
  /** Drawn anew with these. */
  readonly columns: Columns;
  readonly onMarks: (marks: readonly Mark[]) => void;
}

const glyphs = { up: "▲", down: "▼", none: "◆" } as const;

/** A lane of resizes above the chart, a lane of decisions at its foot. */
export function ChartMarks({ plot, marks, onMarks }: ChartMarksProps) {
  const { min, max } = plot.scales["x"] ?? {};
  if (min == null || max == null) return null;
  const { left, width, height, top } = plot.bbox;
  const ratio = devicePixelRatio;
  const range = { width: width / ratio, gap };
  const place = (at: number) => (at / 1_000 - min) / (max - min) * range.width;
  const lane = (type: Mark["type"], y: number) =>
    clusters(marks.filter((mark) => mark.type === type), place, range).map(({ x, marks }) => {
      const last = marks.at(-1)!;
      const more = marks.length > 1 ? `${marks.length} marks, the last: ` : "";
      const name = `${clock(last.at)} ${more}${says(last)}`;
      const way = type === "decided" ? "none" : wayOf(marks);
      return (
        <button
          type="button"
          key={`${type} ${marks[0]!.at}`}
          class={`mark ${type} ${way}`}
          style={{ left: `${left / ratio + x}px`, top: `${y}px` }}
          title={name}
          aria-label={name}
          onClick={() => onMarks(marks)}
        >
          {type === "decided" ? "" : glyphs[way]}
        </button>
      );
    });
  return (
    <div class="marks">
      {lane("resized", top / ratio)}
      {lane("decided", (top + height) / ratio)}
    </div>
  );
}
