/**
 * Lines over time.
 *
 * @module
 */
import { h } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { signal } from "@preact/signals";
import type uPlot from "uplot";
import { byName } from "./format.ts";
import { ChartMarks } from "./chart_marks.tsx";
import { Trouble } from "./panel.tsx";
import type { ChartProps } from "./plot.ts";
import { latest } from "./points.ts";
import { shownTheme } from "./session.ts";

/** What draws, once it is here; a browser that could not load it does not try again. */
const drawing = signal<typeof import("./plot.ts") | "loading" | "failed" | null>(null);

function load(): void {
  if (drawing.value !== null) return;
  drawing.value = "loading";
  import("./plot.ts").then((plot) => drawing.value = plot, () => drawing.value = "failed");
}

/** Draws `lines`, with their latest values (or those under the pointer) above. */
export function Chart(props: ChartProps) {
  const { name, lines, columns, marks, onMarks } = props;
  const [plot, setPlot] = useState<uPlot | null>(null);
  const [pointed, setPointed] = useState<number | null>(null);
  const box = useRef<HTMLDivElement>(null);
  const now = useRef(props);
  now.current = props;
  const drawn = drawing.value;
  useEffect(load, []);
  useEffect(() => {
    if (drawn === null || typeof drawn === "string") return;
    const made = drawn.makePlot(box.current!, now, setPointed);
    setPlot(made);
    const observer = new ResizeObserver(([entry]) => {
      const width = Math.floor(entry!.contentRect.width);
      if (width > 0) made.setSize({ width, height: made.height });
    });
    observer.observe(box.current!);
    return () => {
      observer.disconnect();
      made.destroy();
    };
  }, [shownTheme.value, lines.map(({ label }) => label).join(), props.height, drawn]);
  useEffect(() => plot?.setData(columns as uPlot.AlignedData), [plot, columns, props.rangeS]);
  const values = pointed === null
    ? latest(columns)
    : columns.slice(1).map((column) => column[pointed] ?? null);
  const summary = lines.map((line, i) => `${line.label} ${byName(line.unit, values[i])}`);
  return (
    <figure class="chart">
      <figcaption>
        {lines.map((line, i) => (
          <span key={line.label}>
            <i class={`key c${line.colour} ${line.isDashed ? "dashed" : ""}`} />
            {line.label} <b>{byName(line.unit, values[i])}</b>
          </span>
        ))}
      </figcaption>
      {drawn === "failed" && (
        <Trouble>
          The chart can't be drawn: the service does not answer, or it is another version.
        </Trouble>
      )}
      <div class="plot">
        <div
          ref={box}
          role="img"
          aria-label={`${name}: ${summary.join(", ")}`}
          style={{ minHeight: `${props.height ?? 180}px` }}
        />
        {plot && marks && onMarks && (
          <ChartMarks plot={plot} marks={marks} columns={columns} onMarks={onMarks} />
        )}
      </div>
    </figure>
  );
}
