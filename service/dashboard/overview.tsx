/**
 * The view that one leaves open: what waits, who works, why there are so many.
 *
 * @module
 */
import { computed } from "@preact/signals";
import { Fragment, h } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { SeriesPage } from "../../messages/series.ts";
import { type Asked, useAsked } from "./asked.ts";
import { Chart } from "./chart.tsx";
import { explain } from "./explanation.tsx";
import { frames, lines as known, marks, overview, remembered } from "./feed.ts";
import { LatestMarks } from "./latest_marks.tsx";
import { Panel, View } from "./panel.tsx";
import type { Line } from "./plot.ts";
import { type Columns, columnsOf, joined, type Pick, since } from "./points.ts";
import { asked, isLive, RangeChoice, rangeS, slot } from "./range.tsx";
import { Tiles } from "./tiles.tsx";
import { Waits } from "./waits.tsx";
import { WaitsChart } from "./waits_chart.tsx";

/** A line and the series it is from. */
interface Drawn extends Line {
  readonly series: string;
  readonly of: Pick;
}

const size: readonly Drawn[] = [
  { series: "workers", of: "avg", label: "workers", colour: 1, unit: "workers", isFilled: true },
  { series: "running", of: "avg", label: "slots in use", colour: 2, unit: "jobs" },
  {
    ...{ series: "queued", of: "avg", label: "queued (right)", colour: 3, unit: "jobs" },
    ...{ isDashed: true, isRight: true },
  },
];

const host: readonly Drawn[] = [
  { series: "cpuRatio", of: "avg", label: "CPU", colour: 1, unit: "cpuRatio", isFilled: true },
  { series: "memoryRatio", of: "avg", label: "memory", colour: 4, unit: "memoryRatio" },
];

const pressure: readonly Drawn[] = [
  { series: "cpuPressureRatio", of: "avg", label: "for CPU", colour: 1, unit: "cpuRatio" },
  { series: "memoryPressureRatio", of: "avg", label: "for memory", colour: 4, unit: "cpuRatio" },
  { series: "ioPressureRatio", of: "avg", label: "for disks", colour: 3, unit: "cpuRatio" },
];

const isKnown = computed(() => overview.value !== null);

const all = [...size, ...host, ...pressure];
const names = all.map(({ series }) => series).join();

/** What the service kept, and behind it what the page has seen by itself. */
function columnsFor(answer: Asked<SeriesPage>, drawn: readonly Drawn[]): Columns {
  const wanted = drawn.map(({ series, of }) => ({ name: series, of }));
  const past = columnsOf(answer.data?.series ?? [], wanted, slot().ms);
  const from = Date.now() / 1_000 - rangeS();
  if (!isLive()) return since(past, from);
  const seen = remembered();
  const present = [
    seen[0],
    ...drawn.map(({ series }) => seen[1 + known.indexOf(series as never)]!),
  ];
  return since(joined(past, present as unknown as Columns), from);
}

/** The view: the first row as soon as it can be seen, then the rest, which is more to draw and to ask. */
export function OverviewView() {
  const [isSeen, setSeen] = useState(isKnown.peek());
  useEffect(() => setSeen(isKnown.value), [isKnown.value]);
  return (
    <View title="Overview" tools={<RangeChoice />}>
      <Tiles />
      {isSeen && <Courses />}
    </View>
  );
}

/** What the numbers of the first row come from. */
function Courses() {
  void frames.value; // Drawn anew with each frame.
  const answer = useAsked<SeriesPage>(
    `metrics/query?names=${names}&range=${asked()}&step=${slot().step}`,
    Math.max(10_000, slot().ms / 4),
  );
  const stepped = isLive() ? size.map((line) => ({ ...line, isStepped: true })) : size;
  const common = { rangeS: rangeS() };
  return (
    <>
      <Panel title="Workers and slots" tools={<Legend />} class="hero">
        <Chart
          {...common}
          name="Workers and slots over time"
          key={String(isLive())}
          lines={stepped}
          columns={columnsFor(answer, stepped)}
          height={260}
          atLeast={4}
          marks={marks.value}
          onMarks={explain}
        />
      </Panel>
      <div class="grid two">
        <Waits />
        <LatestMarks />
      </div>
      <WaitsChart />
      <div class="grid two">
        <Panel title="CPU and memory in use">
          <Chart
            {...common}
            name="CPU and memory"
            lines={host}
            columns={columnsFor(answer, host)}
            atLeast={1 / 1.08}
          />
        </Panel>
        <Panel title="Share of time that somebody waited (PSI)">
          <Chart
            {...common}
            name="Pressure"
            lines={pressure}
            columns={columnsFor(answer, pressure)}
            atLeast={0.1}
          />
        </Panel>
      </div>
    </>
  );
}

const Legend = () => (
  <span class="hint">
    <i class="mark up">▲</i> grew <i class="mark down">▼</i> shrank <i class="mark decided" />{" "}
    decided: click for the reason
  </span>
);
